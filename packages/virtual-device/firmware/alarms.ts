import type { Clock } from "@vigil/base/clock.ts";
import type { Instance } from "@vigil/model/define.ts";
import { decodeValues, encodeInstance } from "@vigil/model/instances.ts";
import { IPS_AlarmClockOccurrence } from "@vigil/model/ips/IPS_AlarmClockOccurrence.ts";
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
    this.#board.change((state) => {
      const definition = IPS_AlarmClockOccurrence;
      const rest = (state.stored[definition.name] ?? []).flatMap((one) => {
        const alarm = due.find(({ element }) => element === one);
        if (alarm === undefined) return [one];
        const { value, at, intervalMs } = alarm;
        // It stays, silent, when neither an interval nor its own wish ends it. UNVERIFIED
        if (intervalMs === undefined)
          return value.DeleteOnCompletion === true
            ? []
            : [encodeInstance(definition, { ...value, StartTime: { text: "" } })];
        const turns = Math.floor((now - at) / intervalMs) + 1;
        const datetime = new Date(at + turns * intervalMs).toISOString().replace(/\.\d+/, "");
        return [encodeInstance(definition, { ...value, StartTime: { datetime } })];
      });
      state.stored[definition.name] = rest;
    });
    // A host that runs already is not disturbed.
    this.#board.power.request(requestedPower.on);
  }

  #all() {
    return (this.#board.state.stored[IPS_AlarmClockOccurrence.name] ?? []).flatMap((element) => {
      const value: Partial<Instance<typeof IPS_AlarmClockOccurrence>> = decodeValues(
        IPS_AlarmClockOccurrence.properties,
        element,
      ).value;
      const { StartTime, Interval } = value;
      if (StartTime === undefined || !("datetime" in StartTime)) return [];
      const at = Date.parse(StartTime.datetime);
      const intervalMs = Interval !== undefined && "interval" in Interval ? lengthOf(Interval.interval) : undefined;
      return Number.isNaN(at) ? [] : [{ element, value, at, intervalMs }];
    });
  }
}

/** "P1DT2H3M" in milliseconds; undefined when it is none, or nothing. */
function lengthOf(interval: string): number | undefined {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(interval);
  if (parts === null) return undefined;
  const [days, hours, minutes, seconds] = parts.slice(1).map((one) => Number(one ?? 0));
  const ms = ((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000;
  return ms > 0 ? ms : undefined;
}
