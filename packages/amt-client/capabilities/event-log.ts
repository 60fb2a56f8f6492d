import { AMT_MessageLog } from "@vigil/model/amt/AMT_MessageLog.ts";
import { decodeRecord, type LoggedEvent } from "../event-record.ts";
import { fail } from "../errors.ts";
import { refusal } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

export type { LoggedEvent } from "../event-record.ts";

export interface EventLogState {
  readonly records: number;
  readonly capacity: number;
  readonly isFrozen: boolean;
}

/** The firmware keeps 390. @source protocols B.9 */
const mostRecords = 390;
const noRecord: ReadonlySet<number> = new Set([2, 3]);

/** The device's own log of what happened to it. */
export class EventLog {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  /** Reads the newest events, newest first. @param atMost 1 to 390 @throws amt.event-log.refused, amt.answer.invalid (device) */
  async read(atMost: number = mostRecords, options: CallOptions = {}): Promise<LoggedEvent[]> {
    const read = { ...options, effect: "read" } as const;
    const first = await this.#wsman.invoke(AMT_MessageLog, "PositionToFirstRecord", {}, read);
    if (noRecord.has(first.ReturnValue)) return [];
    if (first.ReturnValue !== 0) throw this.#refusal("PositionToFirstRecord", first.ReturnValue);
    const events: LoggedEvent[] = [];
    let position = first.IterationIdentifier ?? "1";
    while (events.length < atMost) {
      const input = { IterationIdentifier: position, MaxReadRecords: atMost - events.length };
      const page = await this.#wsman.invoke(AMT_MessageLog, "GetRecords", input, read);
      if (noRecord.has(page.ReturnValue)) return events;
      if (page.ReturnValue !== 0) throw this.#refusal("GetRecords", page.ReturnValue);
      const records = page.RecordArray ?? [];
      events.push(...records.map((one) => this.#decode(one)));
      // A page without records would be read for ever.
      if (page.NoMoreRecords !== false || records.length === 0) break;
      position = page.IterationIdentifier ?? String(events.length + 1);
    }
    return events.slice(0, atMost);
  }

  /** How full the log is, and whether it is frozen: then nothing more is recorded. */
  async state(options: CallOptions = {}): Promise<EventLogState> {
    const log = await this.#wsman.get(AMT_MessageLog, undefined, options);
    return {
      records: Number(log.CurrentNumberOfRecords ?? 0n),
      capacity: Number(log.MaxNumberOfRecords ?? BigInt(mostRecords)),
      isFrozen: log.IsFrozen ?? false,
    };
  }

  /** Freezes the log as it is, or lets it go on. @throws amt.event-log.refused (device); so does the next */
  async freeze(isFrozen: boolean, options: CallOptions = {}): Promise<void> {
    const { ReturnValue } = await this.#wsman.invoke(AMT_MessageLog, "FreezeLog", { Freeze: isFrozen }, options);
    if (ReturnValue !== 0) throw this.#refusal("FreezeLog", ReturnValue);
  }

  /** Deletes all events; a frozen log keeps them. */
  async clear(options: CallOptions = {}): Promise<void> {
    const { ReturnValue } = await this.#wsman.invoke(AMT_MessageLog, "ClearLog", {}, options);
    if (ReturnValue !== 0) throw this.#refusal("ClearLog", ReturnValue);
  }

  #decode(record: string): LoggedEvent {
    const event = decodeRecord(new Uint8Array(Buffer.from(record, "base64")));
    if (event !== undefined) return event;
    const { details } = this.#wsman.connection;
    throw fail("amt.answer.invalid", { details: { ...details, class: AMT_MessageLog.name, reason: "not 21 bytes" } });
  }

  #refusal(method: string, returnValue: number): Error {
    const { details } = this.#wsman.connection;
    return refusal("amt.event-log.refused", { family: "message-log", method, returnValue, details });
  }
}
