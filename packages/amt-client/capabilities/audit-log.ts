import { AMT_AuditLog, type auditStoragePolicies } from "@vigil/model/amt/AMT_AuditLog.ts";
import { AMT_AuditPolicyRule } from "@vigil/model/amt/AMT_AuditPolicyRule.ts";
import type { hashAlgorithms } from "@vigil/model/value-maps.ts";
import { auditEventName, decodeAuditRecord, type AuditRecord } from "../audit-record.ts";
import type { AuditExport, AuditSignature } from "../audit-export.ts";
import { fail } from "../errors.ts";
import { refusal, refusalOf } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

/** What happens when the log is full: nothing more is recorded, the oldest go, or only those go that are old enough. */
export type AuditStorage = keyof typeof auditStoragePolicies;

export interface AuditLogState {
  readonly isOn: boolean;
  readonly records: number;
  readonly percentFree: number;
  readonly storage: AuditStorage | number;
  /** With "restrictedRollOver": younger records stay. */
  readonly minDaysKept: number;
}

/** Whether one kind of event is recorded. */
export interface AuditPolicy {
  readonly applicationId: number;
  readonly eventId: number;
  /** True: it is not allowed to happen while it cannot be recorded. */
  readonly isCritical: boolean;
}

/** A kind of event that is recorded, in words. */
export interface AuditedEvent extends AuditPolicy {
  readonly application: string;
  readonly event: string;
}

/** More than any firmware holds; a device that never ends is left alone then. Chosen. */
const mostRecords = 10_000;
const firstRecord = 1;
/** An export reads the log between lock and unlock; nobody else's records may come in between. Chosen. */
const exportSeconds = 120;

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
      storage: log.StoragePolicy ?? "none",
      minDaysKept: log.MinDaysToKeep ?? 0,
    };
  }

  /** All records, oldest first. @throws amt.audit-log.refused (device); so do all below */
  async read(options: CallOptions = {}): Promise<AuditRecord[]> {
    return (await this.#raw(options)).map(decodeAuditRecord);
  }

  async switch(isOn: boolean, options: CallOptions = {}): Promise<void> {
    const method = "RequestStateChange";
    const input = { RequestedState: isOn ? "enabled" : "disabled" } as const;
    this.#check(method, (await this.#wsman.invoke(AMT_AuditLog, method, input, options)).ReturnValue);
  }

  async clear(options: CallOptions = {}): Promise<void> {
    this.#check("ClearLog", (await this.#wsman.invoke(AMT_AuditLog, "ClearLog", {}, options)).ReturnValue);
  }

  /** @param to.minDaysKept with "restrictedRollOver" */
  async setStorage(
    to: { readonly storage: AuditStorage; readonly minDaysKept?: number },
    options: CallOptions = {},
  ): Promise<void> {
    const { storage: StoragePolicy, minDaysKept } = to;
    const changes = { StoragePolicy, ...(minDaysKept === undefined ? {} : { MinDaysToKeep: minDaysKept }) };
    try {
      await this.#wsman.put(AMT_AuditLog, changes, undefined, options);
    } catch (cause) {
      throw refusalOf("amt.audit-log.refused", cause);
    }
  }

  /** What is recorded. */
  async policies(options: CallOptions = {}): Promise<AuditedEvent[]> {
    const rules = await this.#wsman.enumerate(AMT_AuditPolicyRule, options);
    return rules.flatMap(({ AuditApplicationEventID = [], PolicyType = [] }) =>
      AuditApplicationEventID.map((id, index) => {
        // Application in the upper half, event in the lower. UNVERIFIED
        const [applicationId, eventId] = [Math.floor(id / 0x1_0000), id % 0x1_0000];
        const isCritical = PolicyType[index] === criticalPolicy;
        return { applicationId, eventId, isCritical, ...auditEventName(applicationId, eventId) };
      }),
    );
  }

  /** Records these kinds of events from now on, or no longer. */
  async setPolicies(policies: readonly AuditPolicy[], isRecorded: boolean, options: CallOptions = {}): Promise<void> {
    const method = "SetAuditPolicyBulk";
    const input = {
      Enable: policies.map(() => isRecorded),
      AuditedAppID: policies.map((one) => one.applicationId),
      EventID: policies.map((one) => one.eventId),
      PolicyType: policies.map((one) => (one.isCritical ? "critical" : "none")),
    };
    this.#check(method, (await this.#wsman.invoke(AMT_AuditPolicyRule, method, input, options)).ReturnValue);
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

  /** Keeps others from clearing the log for a while. @returns what unlock() takes */
  async lock(seconds: number, options: CallOptions = {}): Promise<number> {
    const method = "SetAuditLock";
    const input = { LockTimeoutInSeconds: seconds, Flag: "lock" } as const;
    const { Handle = 0, ReturnValue } = await this.#wsman.invoke(AMT_AuditLog, method, input, options);
    this.#check(method, ReturnValue);
    return Handle;
  }

  async unlock(handle: number, options: CallOptions = {}): Promise<void> {
    const method = "SetAuditLock";
    const input = { Flag: "unlock", Handle: handle } as const;
    this.#check(method, (await this.#wsman.invoke(AMT_AuditLog, method, input, options)).ReturnValue);
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

  /** Reads the whole log with the signature that proves it, while nobody else can clear it. checkAuditExport() proves it. */
  async export(mechanism: keyof typeof hashAlgorithms, options: CallOptions = {}): Promise<AuditExport> {
    const handle = await this.lock(exportSeconds, options);
    try {
      const signature = await this.exportSignature(mechanism, options);
      // What was recorded since is not signed: the export itself is in the log, too.
      const signed = (await this.#raw(options)).slice(0, signature.records);
      return { records: signed, signature };
    } finally {
      await this.unlock(handle, options);
    }
  }

  async #raw(options: CallOptions): Promise<Uint8Array[]> {
    const records: Uint8Array[] = [];
    while (records.length < mostRecords) {
      const method = "ReadRecords";
      const input = { StartIndex: firstRecord + records.length };
      const page = await this.#wsman.invoke(AMT_AuditLog, method, input, { ...options, effect: "read" });
      this.#check(method, page.ReturnValue);
      const given = (page.EventRecords ?? []).map((one) => new Uint8Array(Buffer.from(one, "base64")));
      records.push(...given);
      if (given.length === 0 || records.length >= (page.TotalRecordCount ?? 0)) return records;
    }
    const { details } = this.#wsman.connection;
    throw fail("amt.answer.too-large", { details: { ...details, class: AMT_AuditLog.name, records: mostRecords } });
  }

  #check(method: string, returnValue: number): void {
    if (returnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.audit-log.refused", { family: "amt", method, returnValue, details });
  }
}

/** @source class catalogue "PolicyType" */
const criticalPolicy = 1;
