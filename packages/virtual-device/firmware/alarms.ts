import type { Clock } from "@vigil/base/clock.ts";
import { AMT_AlarmClockService } from "@vigil/model/amt/AMT_AlarmClockService.ts";
import type { Instance } from "@vigil/model/define.ts";
import { decodeValues, encodeInstance } from "@vigil/model/instances.ts";
import { IPS_AlarmClockOccurrence } from "@vigil/model/ips/IPS_AlarmClockOccurrence.ts";
import type { XmlElement } from "@vigil/wire/xml.ts";
import { requestedPower } from "./host-power.ts";
import type { FirmwareState } from "./state.ts";

interface Board {
  readonly clock: Clock;
  readonly state: Readonly<FirmwareState>;
  readonly power: { request(state: number): number };
  now(): number;
  change(write: (state: FirmwareState) => void): void;
}

/** A timer holds no longer than this: 24 days. */
const longestWaitMs = 0x7fff_ffff;

/** Wakes the host when its alarms are due. Call `settle()` after every change of the alarms or of the clock. @source protocols B.16 */
export class Alarms {
  readonly #board: Board;
  #cancel: (() => void) | undefined;
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(board: Board) {
    this.#board = board;
  }

  settle(): void {
    const next = Math.min(Number.POSITIVE_INFINITY, ...this.#all().map(({ at }) => at));
    if (next === this.#dueAt) return;
    this.stop();
    this.#dueAt = next;
    if (next === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.min(longestWaitMs, Math.max(0, next - this.#board.now()));
    this.#cancel = this.#board.clock.after(waitMs, () => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#ring();
      this.settle();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  #ring(): void {
    const now = this.#board.now();
    const due = this.#all().filter(({ at }) => at <= now);
    if (due.length === 0) return;
    const isDue = (one: XmlElement) => due.find(({ element }) => element === one);
    this.#board.change((state) => {
      const occurrences = state.stored[IPS_AlarmClockOccurrence.name] ?? [];
      state.stored[IPS_AlarmClockOccurrence.name] = occurrences.flatMap((one) => {
        const alarm = isDue(one);
        if (alarm === undefined) return [one];
        const value = occurrenceOf(one);
        const next = nextOf(alarm, now);
        // It stays, silent, when neither an interval nor its own wish ends it. UNVERIFIED
        if (next === undefined && value.DeleteOnCompletion === true) return [];
        return [encodeInstance(IPS_AlarmClockOccurrence, { ...value, StartTime: next ?? { text: "" } })];
      });
      state.stored[AMT_AlarmClockService.name] = (state.stored[AMT_AlarmClockService.name] ?? []).map((one) => {
        const alarm = isDue(one);
        if (alarm === undefined) return one;
        const { NextAMTAlarmTime: _, ...rest } = serviceOf(one);
        const next = nextOf(alarm, now);
        const value = next === undefined ? rest : { ...rest, NextAMTAlarmTime: next };
        return encodeInstance(AMT_AlarmClockService, value);
      });
    });
    // A host that runs already is not disturbed.
    this.#board.power.request(requestedPower.on);
  }

  /** Those of managers, and the service's own, which is the only one of firmware before 8. */
  #all(): readonly Due[] {
    const { stored } = this.#board.state;
    const occurrences = (stored[IPS_AlarmClockOccurrence.name] ?? []).flatMap((element) => {
      const { StartTime, Interval } = occurrenceOf(element);
      return dueOf(element, StartTime, Interval);
    });
    const own = (stored[AMT_AlarmClockService.name] ?? []).flatMap((element) => {
      const { NextAMTAlarmTime, AMTAlarmClockInterval } = serviceOf(element);
      return dueOf(element, NextAMTAlarmTime, AMTAlarmClockInterval);
    });
    return [...occurrences, ...own];
  }
}

interface Due {
  readonly element: XmlElement;
  readonly at: number;
  readonly intervalMs: number | undefined;
}

type Occurrence = Partial<Instance<typeof IPS_AlarmClockOccurrence>>;
type Service = Partial<Instance<typeof AMT_AlarmClockService>>;

function occurrenceOf(element: XmlElement): Occurrence {
  return decodeValues(IPS_AlarmClockOccurrence.properties, element).value;
}

function serviceOf(element: XmlElement): Service {
  return decodeValues(AMT_AlarmClockService.properties, element).value;
}

function dueOf(element: XmlElement, start: Occurrence["StartTime"], interval: Occurrence["Interval"]): readonly Due[] {
  if (start === undefined || !("datetime" in start)) return [];
  const at = Date.parse(start.datetime);
  const intervalMs = interval !== undefined && "interval" in interval ? lengthOf(interval.interval) : undefined;
  return Number.isNaN(at) ? [] : [{ element, at, intervalMs }];
}

/** When it rings again; undefined for never. */
function nextOf({ at, intervalMs }: Due, now: number): { readonly datetime: string } | undefined {
  if (intervalMs === undefined) return undefined;
  const turns = Math.floor((now - at) / intervalMs) + 1;
  return { datetime: new Date(at + turns * intervalMs).toISOString().replace(/\.\d+/, "") };
}

/** "P1DT2H3M" in milliseconds; undefined when it is none, or nothing. */
function lengthOf(interval: string): number | undefined {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(interval);
  if (parts === null) return undefined;
  const [days, hours, minutes, seconds] = parts.slice(1).map((one) => Number(one ?? 0));
  const ms = ((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000;
  return ms > 0 ? ms : undefined;
}
