import type { Initiator } from "./firmware/audit-log.ts";

/** Who asks. */
export interface Caller {
  readonly username: string;
  /** Security identifier of a Kerberos user, base64; absent for a digest user. */
  readonly sid?: string;
  /** Identifiers of the entries that let a Kerberos user in: the user's own, or a group's. */
  readonly admittedBy?: readonly string[];
  /** From where; absent when there is no network in between. */
  readonly address?: string;
  /** "local": from the machine's own host, past the network. */
  readonly channel: "plain" | "tls" | "local";
  /** True when the TLS connection came with a setup certificate that the device accepted. */
  readonly hasSetupCertificate: boolean;
  /** True when the TLS connection came about by the device's pre-shared key. */
  readonly hasSetupKey?: boolean;
  /** True for a viewer at the plain screen port, who has no name. */
  readonly isAtScreenPort?: boolean;
}

/** Whom the audit log names. */
export function initiatorOf({ username, sid, address = "", isAtScreenPort = false }: Caller): Initiator {
  if (isAtScreenPort) return { initiator: { kind: "screen" }, address };
  if (sid !== undefined) return { initiator: { kind: "kerberos", sid: Buffer.from(sid, "base64") }, address };
  return { initiator: { kind: "digest", name: username }, address };
}
