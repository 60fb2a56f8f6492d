import { AMT_AuditLog } from "@vigil/model/amt/AMT_AuditLog.ts";
import { AMT_AuditPolicyRule } from "@vigil/model/amt/AMT_AuditPolicyRule.ts";
import type { hashAlgorithms } from "@vigil/model/value-maps.ts";
import { decodeAuditRecord, type AuditRecord } from "../audit-record.ts";
import { fail } from "../errors.ts";
import { refusal } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

export interface AuditLogState {
  readonly isOn: boolean;
  readonly records: number;
  readonly percentFree: number;
}

/** What proves an exported log. */
export interface AuditSignature {
  readonly records: number;
  readonly mechanism: keyof typeof hashAlgorithms | number;
  readonly signature: Uint8Array;
  /** DER, one after the other. */
  readonly certificates: readonly Uint8Array[];
}

/** More than any firmware holds; a device that never ends is left alone then. Chosen. */
const mostRecords = 10_000;
const firstRecord = 1;

/** Who changed what of the security settings. Needs the audit realm. @source protocols B.10 */
export class AuditLog {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  async state(options: CallOptions = {}): Promise<AuditLogState> {
    const log = await this.#wsman.get(AMT_AuditLog, undefined, options);
    return {
      isOn: log.EnabledState === "enabled",
      records: Number(log.CurrentNumberOfRecords ?? 0n),
      percentFree: log.PercentageFree ?? 0,
    };
  }

  /** All records, oldest first. @throws amt.audit-log.refused (device) */
  async read(options: CallOptions = {}): Promise<AuditRecord[]> {
    const records: AuditRecord[] = [];
    while (records.length < mostRecords) {
      const method = "ReadRecords";
      const input = { StartIndex: firstRecord + records.length };
      const page = await this.#wsman.invoke(AMT_AuditLog, method, input, { ...options, effect: "read" });
      this.#check(method, page.ReturnValue);
      const given = (page.EventRecords ?? []).map((one) => decodeAuditRecord(Buffer.from(one, "base64")));
      records.push(...given);
      if (given.length === 0 || records.length >= (page.TotalRecordCount ?? 0)) return records;
    }
    const { details } = this.#wsman.connection;
    throw fail("amt.answer.too-large", { details: { ...details, class: AMT_AuditLog.name, records: mostRecords } });
  }

  /** @throws amt.audit-log.refused (device); so do all below */
  async switch(isOn: boolean, options: CallOptions = {}): Promise<void> {
    const method = "RequestStateChange";
    const input = { RequestedState: isOn ? "enabled" : "disabled" } as const;
    this.#check(method, (await this.#wsman.invoke(AMT_AuditLog, method, input, options)).ReturnValue);
  }

  async clear(options: CallOptions = {}): Promise<void> {
    this.#check("ClearLog", (await this.#wsman.invoke(AMT_AuditLog, "ClearLog", {}, options)).ReturnValue);
  }

  /** Whether an event is recorded; a critical one is not allowed to happen while the log is full. */
  async setPolicy(
    policy: {
      readonly applicationId: number;
      readonly eventId: number;
      readonly isRecorded: boolean;
      readonly isCritical?: boolean;
    },
    options: CallOptions = {},
  ): Promise<void> {
    const method = "SetAuditPolicy";
    const input = {
      Enable: policy.isRecorded,
      AuditedAppID: policy.applicationId,
      EventID: policy.eventId,
      PolicyType: policy.isCritical === true ? "critical" : "none",
    } as const;
    this.#check(method, (await this.#wsman.invoke(AMT_AuditPolicyRule, method, input, options)).ReturnValue);
  }

  /** Gives the device the key with which it signs its log. @param key PKCS#1, DER @param chain DER, leaf first */
  async setSigningKey(
    key: Uint8Array,
    chain: readonly Uint8Array[],
    mechanism: keyof typeof hashAlgorithms,
    options: CallOptions = {},
  ): Promise<void> {
    const method = "SetSigningKeyMaterial";
    const input = {
      SigningMechanismType: mechanism,
      SigningKey: key,
      LengthOfCertificates: chain.map((one) => one.length),
      Certificates: Buffer.concat(chain),
    };
    this.#check(method, (await this.#wsman.invoke(AMT_AuditLog, method, input, options)).ReturnValue);
  }

  /** Signs the log as it is. */
  async exportSignature(mechanism: keyof typeof hashAlgorithms, options: CallOptions = {}): Promise<AuditSignature> {
    const method = "ExportAuditLogSignature";
    const answer = await this.#wsman.invoke(AMT_AuditLog, method, { SigningMechanism: mechanism }, options);
    this.#check(method, answer.ReturnValue);
    const all = answer.Certificates ?? new Uint8Array();
    let at = 0;
    const certificates = (answer.LengthOfCertificates ?? []).map((length) => all.subarray(at, (at += length)));
    return {
      records: answer.TotalRecordCount ?? 0,
      mechanism: answer.SignatureMechanism ?? mechanism,
      signature: answer.Signature ?? new Uint8Array(),
      certificates,
    };
  }

  #check(method: string, returnValue: number): void {
    if (returnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.audit-log.refused", { family: "amt", method, returnValue, details });
  }
}
