import { fail } from "./errors.ts";
import { textFromSid } from "./sid.ts";

// One record of the audit log, big-endian.  @source protocols B.10
//
//   size field                                             size field
//      2 application                                          4 time, seconds since 1970 UTC
//      2 event                                                1 location: 0 IPv4, 1 IPv6, 2 none
//      1 initiator: 0 digest, 1 Kerberos, 2 local, 3 KVM      1 length, then the address
//        0: 1 length, then the name                           1 length, then the extended data
//        1: 4 in domain, 1 length, then the SID

/** What the audit log says happened. */
export interface AuditRecord {
  readonly application: string;
  readonly event: string;
  readonly applicationId: number;
  readonly eventId: number;
  readonly initiator: { readonly kind: "digest" | "kerberos" | "local" | "kvm"; readonly name: string };
  readonly at: Date;
  /** Empty when there was no network in between. */
  readonly address: string;
  readonly extended: Uint8Array;
}

/** Applications and their events, by number. @source protocols B.10 */
const applications: Readonly<Record<number, readonly [name: string, events: Readonly<Record<number, string>>]>> = {
  16: [
    "security",
    {
      0: "provisioning started",
      1: "provisioning completed",
      2: "user added",
      3: "user changed",
      4: "user removed",
      5: "login with bad credentials",
      6: "user switched on or off",
      7: "TLS state changed",
      8: "TLS certificate set",
      9: "TLS certificate removed",
      10: "root certificate added",
      11: "root certificate removed",
      12: "pre-shared key set",
      13: "Kerberos settings changed",
      14: "main key changed",
      15: "flash write counters reset",
      16: "power scheme changed",
      17: "authentication mode of a realm changed",
      18: "upgraded to admin control mode",
      19: "unprovisioned",
    },
  ],
  17: [
    "remote control",
    {
      0: "powered up",
      1: "powered down",
      2: "power cycled",
      3: "reset",
      4: "boot options set",
      5: "powered down gracefully",
      6: "reset gracefully",
      7: "put to sleep",
      8: "hibernated",
      9: "interrupted",
    },
  ],
  18: [
    "redirection",
    {
      0: "disk opened",
      1: "disk closed",
      2: "disk switched on",
      3: "disk switched off",
      4: "serial line opened",
      5: "serial line closed",
      6: "serial line switched on",
      7: "serial line switched off",
      8: "screen opened",
      9: "screen closed",
      10: "screen switched on",
      11: "screen switched off",
      12: "screen password wrong three times",
    },
  ],
  19: ["firmware update", { 0: "updated", 1: "failed" }],
  20: [
    "audit log",
    { 0: "cleared", 1: "policy changed", 2: "switched off", 3: "switched on", 4: "exported", 5: "recovered" },
  ],
  21: ["time", { 0: "set" }],
  22: [
    "network",
    {
      0: "address changed",
      1: "host name changed",
      2: "domain changed",
      3: "VLAN changed",
      4: "link policy changed",
      5: "IPv6 changed",
    },
  ],
  23: ["storage", {}],
  24: ["events", { 0: "subscribed", 1: "unsubscribed", 2: "event log cleared", 3: "event log frozen" }],
  25: [
    "system defense",
    { 0: "filter added", 1: "filter removed", 2: "policy added", 3: "policy removed", 4: "default policy changed" },
  ],
  26: ["agent presence", { 0: "agent added", 1: "agent removed", 2: "actions changed" }],
  27: [
    "wireless",
    {
      0: "profile added",
      1: "profile removed",
      2: "profile changed",
      3: "synchronization changed",
      5: "sharing changed",
    },
  ],
  28: ["endpoint access control", {}],
  29: [
    "screen",
    {
      0: "consent switched on",
      1: "consent switched off",
      2: "password changed",
      3: "consent given",
      4: "consent failed",
    },
  ],
  30: ["consent", { 0: "policy changed", 1: "code", 2: "blocked" }],
  32: ["screen blanking", {}],
  33: ["watchdog", { 1: "reset", 2: "action changed" }],
};

/** All kinds of events that we know. */
export function knownAuditEvents(): { readonly applicationId: number; readonly eventId: number }[] {
  return Object.entries(applications).flatMap(([application, [, events]]) =>
    Object.keys(events).map((event) => ({ applicationId: Number(application), eventId: Number(event) })),
  );
}

/** An event in words; numbers where we know none. */
export function auditEventName(applicationId: number, eventId: number): { application: string; event: string } {
  const [application, events] = applications[applicationId] ?? [`application ${applicationId}`, {}];
  return { application, event: events[eventId] ?? `event ${eventId}` };
}

const kinds = ["digest", "kerberos", "local", "kvm"] as const;

/** Reads one record. @throws amt.answer.invalid (device) with the offset at which it ends too early */
export function decodeAuditRecord(bytes: Uint8Array): AuditRecord {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (count: number): Buffer => {
    if (at + count > buffer.length) {
      throw fail("amt.answer.invalid", { details: { reason: "audit record too short", offset: at, expected: count } });
    }
    at += count;
    return buffer.subarray(at - count, at);
  };
  const counted = (): Buffer => take(take(1)[0] ?? 0);
  const applicationId = take(2).readUInt16BE();
  const eventId = take(2).readUInt16BE();
  const kind = kinds[take(1)[0] ?? 0xff];
  if (kind === undefined)
    throw fail("amt.answer.invalid", { details: { reason: "audit record initiator", offset: 4 } });
  if (kind === "kerberos") take(4);
  const name = kind === "digest" ? counted().toString("latin1") : kind === "kerberos" ? textFromSid(counted()) : "";
  const seconds = take(4).readUInt32BE();
  const location = take(1)[0];
  const address = counted().toString("latin1");
  const extended = new Uint8Array(counted());
  return {
    ...auditEventName(applicationId, eventId),
    applicationId,
    eventId,
    initiator: { kind, name },
    at: new Date(seconds * 1000),
    address: location === 2 ? "" : address,
    extended,
  };
}
