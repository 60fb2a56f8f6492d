import { duplexPair } from "node:stream";
import { testClock, type TestClock } from "@vigil/base/clock.ts";
import { RedirectionConnection } from "@vigil/virtual-device/endpoints/redirection.ts";
import { Faults } from "@vigil/virtual-device/faults.ts";
import { Firmware } from "@vigil/virtual-device/firmware.ts";
import { identityOf, type Generation } from "@vigil/virtual-device/identity.ts";
import { KerberosLogin } from "@vigil/virtual-device/kerberos/kerberos-login.ts";
import type { SessionOpener } from "@vigil/virtual-device/redirection/session-line.ts";
import { ha1 } from "@vigil/wire/digest.ts";
import type { RedirectionKind } from "@vigil/wire/redirection/handshake.ts";
import type { Dialer } from "../dial/dialer.ts";
import { fail } from "../errors.ts";
import type { SessionOptions } from "../redirection/session.ts";

/** A virtual device that is set up, and the way to its redirection port; time stands still until it is advanced. */
export interface SessionPair {
  readonly firmware: Firmware;
  readonly clock: TestClock;
  readonly faults: Faults;
  /** Each dialled connection is one of the device's. */
  readonly options: SessionOptions;
  /** Breaks the connections that are there; "for good": none can be made any more. */
  cut(how?: "for good"): void;
}

export const sessionPassword = "P@ssw0rd!";

/** @param of.openers what answers in the sessions, when it is not what the virtual device has */
export function aSessionPair(
  of: {
    readonly generation?: Generation;
    readonly openers?: Readonly<Partial<Record<RedirectionKind, SessionOpener>>>;
    readonly accountOf?: ConstructorParameters<typeof Firmware>[0]["accountOf"];
  } = {},
): SessionPair {
  const clock = testClock();
  let count = 0;
  const firmware = new Firmware({
    identity: identityOf("session", 0, [of.generation ?? "16"]),
    clock,
    keys: { next: () => "" },
    random: (bytes) => new Uint8Array(bytes).fill((count += 1)),
    trustedRootHashes: [],
    domainSuffix: "example.test",
    powerDelayMs: 4_000,
    ...(of.accountOf === undefined ? {} : { accountOf: of.accountOf }),
  });
  firmware.change((state) => {
    state.mode = "post";
    state.clockOffsetMs = 0;
    state.adminHa1 = ha1("admin", state.digestRealm, sessionPassword);
  });
  const faults = new Faults(() => {});
  const kerberos = new KerberosLogin(firmware);
  const open = new Set<() => void>();
  let isCut = false;
  const dial = (_port: number, signal: AbortSignal): ReturnType<Dialer> => {
    if (signal.aborted) return Promise.reject(asError(signal.reason));
    if (isCut) return Promise.reject(fail("amt.connect.unreachable"));
    const [near, far] = duplexPair();
    far.on("error", () => far.destroy());
    // What the far end destroys, the near end sees as ended: a pair of streams does not tell by itself.
    far.once("close", () => near.destroyed || near.push(null));
    near.once("close", () => far.destroy());
    const breaks = (): void => {
      far.destroy();
      near.destroy(fail("amt.connect.reset"));
    };
    open.add(breaks);
    near.once("close", () => open.delete(breaks));
    const via = { channel: "tls", hasSetupCertificate: false } as const;
    const connection = new RedirectionConnection({ firmware, faults, kerberos, save: () => {} }, far, via, of.openers);
    void connection;
    return Promise.resolve(near);
  };
  const dialer = Object.assign(dial, { host: "desk-1.example.test" });
  const credential = { username: "admin", password: sessionPassword };
  const cut = (how?: "for good"): void => {
    isCut = how !== undefined;
    for (const breaks of open) breaks();
  };
  return { firmware, clock, faults, options: { dialer, port: 16_995, credential, clock }, cut };
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
