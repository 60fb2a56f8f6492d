import { AMT_AuditLog } from "@vigil/model/amt/AMT_AuditLog.ts";
import { AMT_AuditPolicyRule } from "@vigil/model/amt/AMT_AuditPolicyRule.ts";
import { decodeValues } from "@vigil/model/instances.ts";
import { auditEvents, encodeAuditRecord, type AuditEventName, type AuditRecord } from "./audit-record.ts";
import type { FirmwareState } from "./state.ts";

interface Board {
  readonly state: Readonly<FirmwareState>;
  now(): number;
  change(write: (state: FirmwareState) => void): void;
}

/** Who brought an event about, and from where. */
export type Initiator = Pick<AuditRecord, "initiator" | "address">;

/** What the log may hold. Chosen; firmware's own limit is UNVERIFIED. */
const mostBytes = 16 * 1024;

/** Room that one more record may need: the largest initiator, address and extension. */
const largestRecord = 400;
const dayMs = 24 * 3_600_000;
/** @source class catalogue "PolicyType" */
const critical = 1;

/**
 * The device's audit log. When it is full, its storage policy says what goes: the oldest records, those old enough, or none;
 * then nothing more is recorded, and what is critical is not allowed to happen. @source protocols B.10
 */
export class AuditLog {
  readonly #board: Board;

  constructor(board: Board) {
    this.#board = board;
  }

  /** Whole percent, rounded down. */
  get percentageFree(): number {
    return Math.floor((100 * (mostBytes - this.#used)) / mostBytes);
  }

  /** Seconds since 1970; undefined while it is empty. */
  get lastAt(): number | undefined {
    const last = this.#board.state.audit.records.at(-1);
    return last === undefined ? undefined : timeOf(last);
  }

  /** @param extended what the event says of itself, at most 255 bytes */
  record(event: AuditEventName, by: Initiator, extended: Uint8Array): void {
    if (!this.#board.state.audit.isEnabled || this.#policyOf(event) === undefined) return;
    const bytes = encodeAuditRecord({ event, ...by, atSeconds: this.#board.now() / 1000, extended });
    this.#board.change(({ audit }) => {
      while (this.#used + bytes.length > mostBytes && this.#mayGo(audit.records[0])) audit.records.shift();
      if (this.#used + bytes.length <= mostBytes) audit.records.push(Buffer.from(bytes).toString("base64"));
    });
  }

  /** An auditor has locked the device against being unprovisioned, for a while. @source class catalogue "SetAuditLock" */
  get blocksUnprovision(): boolean {
    const { isBlocking, lockedUntil } = this.#board.state.audit;
    return isBlocking === true && lockedUntil !== null && lockedUntil > this.#board.now() / 1000;
  }

  /** True when one more record might not fit, and none may go for it. */
  get isFull(): boolean {
    const { audit } = this.#board.state;
    return audit.isEnabled && this.#used + largestRecord > mostBytes && !this.#mayGo(audit.records[0]);
  }

  /** Whether it may not happen, because it must be recorded and cannot be. */
  denies(event: AuditEventName): boolean {
    return this.isFull && this.#policyOf(event) === critical;
  }

  /** Whether the storage policy lets a record go. */
  #mayGo(record: string | undefined): boolean {
    if (record === undefined) return false;
    const [settings] = this.#board.state.stored[AMT_AuditLog.name] ?? [];
    const set = settings === undefined ? {} : decodeValues(AMT_AuditLog.properties, settings).value;
    const policy = set["StoragePolicy"] ?? "rollOver";
    if (policy !== "restrictedRollOver") return policy === "rollOver";
    return this.#board.now() - timeOf(record) * 1000 > Number(set["MinDaysToKeep"] ?? 0) * dayMs;
  }

  get #used(): number {
    return this.#board.state.audit.records.reduce((sum, one) => sum + (one.length * 3) / 4, 0);
  }

  /** 0, or 1 for one that must be recorded; undefined for one that is not recorded. */
  #policyOf(event: AuditEventName): number | undefined {
    const [rule] = this.#board.state.stored[AMT_AuditPolicyRule.name] ?? [];
    if (rule === undefined) return 0;
    const { AuditApplicationEventID: ids, PolicyType: types } = decodeValues(
      AMT_AuditPolicyRule.properties,
      rule,
    ).value;
    const [application, number] = auditEvents[event];
    const index = Array.isArray(ids) ? ids.indexOf(application * 0x1_0000 + number) : -1;
    if (index < 0) return undefined;
    return Array.isArray(types) ? Number(types[index] ?? 0) : 0;
  }
}

/** Seconds since 1970. */
function timeOf(record: string): number {
  const bytes = Buffer.from(record, "base64");
  const kind = bytes[4];
  const initiatorBytes = kind === 0 ? 2 + (bytes[5] ?? 0) : kind === 1 ? 6 + (bytes[9] ?? 0) : 1;
  return bytes.readUInt32BE(4 + initiatorBytes);
}
