import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with bytes that came off the wire, or with values that shall go onto it. */
export const wireErrors = {} as const satisfies ErrorCatalogue;

export const fail = failWith(wireErrors);
