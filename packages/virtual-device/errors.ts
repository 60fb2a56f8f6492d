import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** What can be wrong with a virtual device or a fleet of them. */
export const virtualDeviceErrors = {
  "virtual.key-pool.empty": {
    side: "ours",
    title: "The pool of RSA keys is empty",
    next: "Fill the pool before the first device is touched",
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(virtualDeviceErrors);
