import type { RedirectionKind } from "@vigil/wire/redirection/handshake.ts";
import type { SessionOpener } from "./session-line.ts";

/** What answers in a session of each kind; a kind that is not here is refused as unsupported. */
export const sessionOpeners: Readonly<Partial<Record<RedirectionKind, SessionOpener>>> = {};
