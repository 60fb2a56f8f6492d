import type { RedirectionKind } from "@vigil/wire/redirection/handshake.ts";
import { IderEnd } from "./ider.ts";
import { KvmSession } from "./kvm.ts";
import type { SessionOpener } from "./session-line.ts";
import { SolEnd } from "./sol.ts";

/** What answers in a session of each kind; a kind that is not here is refused as unsupported. */
export const sessionOpeners: Readonly<Partial<Record<RedirectionKind, SessionOpener>>> = {
  sol: (line) => new SolEnd(line),
  ider: (line) => new IderEnd(line),
  kvm: (line) => new KvmSession(line),
};
