// One record of the audit log, big-endian.  @source protocols B.10
//
//   size field                                             size field
//      2 application                                          4 time, seconds since 1970 UTC
//      2 event                                                1 location: 0 IPv4, 1 IPv6, 2 none
//      1 initiator: 0 digest, 1 Kerberos, 2 local             1 length, then the address as text
//        0: 1 length, then the name                           1 length, then the extended data
//        1: 4 in domain, 1 length, then the SID

/** What the audit log records: application and event. @source protocols B.10 */
export const auditEvents = {
  "security.provisioningStarted": [16, 0],
  "security.provisioned": [16, 1],
  "security.userAdded": [16, 2],
  "security.userChanged": [16, 3],
  "security.userRemoved": [16, 4],
  "security.badCredentials": [16, 5],
  "security.userSwitched": [16, 6],
  "security.tlsState": [16, 7],
  "security.tlsCertificateSet": [16, 8],
  "security.tlsCertificateRemoved": [16, 9],
  "security.rootAdded": [16, 10],
  "security.rootRemoved": [16, 11],
  "security.kerberos": [16, 13],
  "security.powerScheme": [16, 16],
  "security.unprovisioning": [16, 19],
  "power.up": [17, 0],
  "power.down": [17, 1],
  "power.cycle": [17, 2],
  "power.reset": [17, 3],
  "power.bootOptions": [17, 4],
  "power.gracefulDown": [17, 5],
  "power.gracefulReset": [17, 6],
  "power.sleep": [17, 7],
  "power.hibernate": [17, 8],
  "power.interrupt": [17, 9],
  "ider.opened": [18, 0],
  "ider.closed": [18, 1],
  "ider.enabled": [18, 2],
  "ider.disabled": [18, 3],
  "sol.opened": [18, 4],
  "sol.closed": [18, 5],
  "sol.enabled": [18, 6],
  "sol.disabled": [18, 7],
  "kvm.opened": [18, 8],
  "kvm.closed": [18, 9],
  "kvm.enabled": [18, 10],
  "kvm.disabled": [18, 11],
  "kvm.passwordFailed": [18, 12],
  "audit.cleared": [20, 0],
  "audit.policy": [20, 1],
  "audit.disabled": [20, 2],
  "audit.enabled": [20, 3],
  "audit.exported": [20, 4],
  "time.set": [21, 0],
  "network.address": [22, 0],
  "network.hostName": [22, 1],
  "network.domainName": [22, 2],
  "network.vlan": [22, 3],
  "network.linkPolicy": [22, 4],
  "event.subscribed": [24, 0],
  "event.unsubscribed": [24, 1],
  "event.logCleared": [24, 2],
  "event.logFrozen": [24, 3],
  "defense.filterAdded": [25, 0],
  "defense.filterRemoved": [25, 1],
  "defense.policyAdded": [25, 2],
  "defense.policyRemoved": [25, 3],
  "defense.default": [25, 4],
  "agent.added": [26, 0],
  "agent.removed": [26, 1],
  "agent.action": [26, 2],
  "wireless.added": [27, 0],
  "wireless.removed": [27, 1],
  "wireless.updated": [27, 2],
  "wireless.synchronization": [27, 3],
  "kvm.consentEnabled": [29, 0],
  "kvm.consentDisabled": [29, 1],
  "kvm.passwordChanged": [29, 2],
  "kvm.consentGiven": [29, 3],
  "kvm.consentFailed": [29, 4],
  "consent.policy": [30, 0],
  "consent.code": [30, 1],
} as const satisfies Readonly<Record<string, readonly [application: number, event: number]>>;

export type AuditEventName = keyof typeof auditEvents;

export interface AuditRecord {
  readonly event: AuditEventName;
  readonly initiator:
    | { readonly kind: "digest"; readonly name: string }
    | { readonly kind: "kerberos"; readonly sid: Uint8Array }
    | { readonly kind: "local" }
    /** Whoever knows the password of the plain screen port. */
    | { readonly kind: "screen" };
  readonly atSeconds: number;
  /** Text; empty for the host itself. */
  readonly address: string;
  /** At most 255 bytes. */
  readonly extended: Uint8Array;
}

export function encodeAuditRecord(record: AuditRecord): Uint8Array {
  const [application, event] = auditEvents[record.event];
  const head = Buffer.alloc(4);
  head.writeUInt16BE(application, 0);
  head.writeUInt16BE(event, 2);
  const time = Buffer.alloc(4);
  time.writeUInt32BE(Math.max(0, Math.trunc(record.atSeconds)) % 2 ** 32);
  const { address } = record;
  const location = address === "" ? 2 : address.includes(":") ? 1 : 0;
  return Buffer.concat([
    head,
    initiatorBytes(record.initiator),
    time,
    Uint8Array.of(location),
    counted(Buffer.from(address, "ascii")),
    counted(record.extended),
  ]);
}

function initiatorBytes(initiator: AuditRecord["initiator"]): Uint8Array {
  switch (initiator.kind) {
    case "digest":
      return Buffer.concat([Uint8Array.of(0), counted(Buffer.from(initiator.name, "ascii"))]);
    case "kerberos":
      return Buffer.concat([Uint8Array.of(1, 0, 0, 0, 0), counted(initiator.sid)]);
    case "local":
      return Uint8Array.of(2);
    case "screen":
      return Uint8Array.of(3);
    default:
      return initiator satisfies never;
  }
}

function counted(bytes: Uint8Array): Uint8Array {
  const short = bytes.subarray(0, 255);
  return Buffer.concat([Uint8Array.of(short.length), short]);
}
