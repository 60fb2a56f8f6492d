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

/** The device's audit log. When it is full the oldest records go. @source protocols B.10 */
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
    if (last === undefined) return undefined;
    const bytes = Buffer.from(last, "base64");
    const kind = bytes[4];
    const initiatorBytes = kind === 0 ? 2 + (bytes[5] ?? 0) : kind === 1 ? 6 + (bytes[9] ?? 0) : 1;
    return bytes.readUInt32BE(4 + initiatorBytes);
  }

  /** @param extended what the event says of itself, at most 255 bytes */
  record(event: AuditEventName, by: Initiator, extended: Uint8Array): void {
    if (!this.#board.state.audit.isEnabled || !this.#isAudited(event)) return;
    const bytes = encodeAuditRecord({ event, ...by, atSeconds: this.#board.now() / 1000, extended });
    this.#board.change(({ audit }) => {
      audit.records.push(Buffer.from(bytes).toString("base64"));
      while (this.#used > mostBytes && audit.records.length > 1) audit.records.shift();
    });
  }

  get #used(): number {
    return this.#board.state.audit.records.reduce((sum, one) => sum + (one.length * 3) / 4, 0);
  }

  #isAudited(event: AuditEventName): boolean {
    const [rule] = this.#board.state.stored[AMT_AuditPolicyRule.name] ?? [];
    if (rule === undefined) return true;
    const ids: unknown = decodeValues(AMT_AuditPolicyRule.properties, rule).value["AuditApplicationEventID"];
    const [application, number] = auditEvents[event];
    return Array.isArray(ids) && ids.includes(application * 0x1_0000 + number);
  }
}
