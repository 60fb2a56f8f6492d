import { AMT_AlarmClockService } from "@vigil/model/amt/AMT_AlarmClockService.ts";
import { IPS_AlarmClockOccurrence } from "@vigil/model/ips/IPS_AlarmClockOccurrence.ts";
import { refusal } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

/** A time at which the device wakes its machine. */
export interface Alarm {
  readonly name: string;
  /** undefined for one that has rung and stays. */
  readonly at: Date | undefined;
  /** It rings again after this. */
  readonly everyMinutes?: number;
  readonly isRemovedAfterwards: boolean;
}

/** Alarms that wake the machine, five at most. @source protocols B.16 */
export class Alarms {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  async list(options: CallOptions = {}): Promise<Alarm[]> {
    const all = await this.#wsman.enumerate(IPS_AlarmClockOccurrence, options);
    return all.map(({ InstanceID, StartTime, Interval, DeleteOnCompletion }) => {
      const at = StartTime !== undefined && "datetime" in StartTime ? new Date(StartTime.datetime) : undefined;
      const every = Interval !== undefined && "interval" in Interval ? minutesOf(Interval.interval) : undefined;
      return {
        name: InstanceID,
        at,
        ...(every === undefined ? {} : { everyMinutes: every }),
        isRemovedAfterwards: DeleteOnCompletion ?? false,
      };
    });
  }

  /** @throws amt.alarms.refused (device) */
  async add(alarm: Alarm & { readonly at: Date }, options: CallOptions = {}): Promise<void> {
    const { name, at, everyMinutes, isRemovedAfterwards } = alarm;
    const method = "AddAlarm";
    const AlarmTemplate = {
      InstanceID: name,
      ElementName: name,
      // Firmware takes whole seconds. @source protocols B.16
      StartTime: { datetime: at.toISOString().replace(/\.\d+/, "") },
      ...(everyMinutes === undefined ? {} : { Interval: { interval: intervalOf(everyMinutes) } }),
      DeleteOnCompletion: isRemovedAfterwards,
    };
    const { ReturnValue } = await this.#wsman.invoke(AMT_AlarmClockService, method, { AlarmTemplate }, options);
    if (ReturnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.alarms.refused", { family: "amt", method, returnValue: ReturnValue, details });
  }

  async remove(name: string, options: CallOptions = {}): Promise<void> {
    await this.#wsman.delete(IPS_AlarmClockOccurrence, { InstanceID: name }, options);
  }
}

function intervalOf(minutes: number): string {
  const hours = Math.trunc(minutes / 60);
  return `P${Math.trunc(hours / 24)}DT${hours % 24}H${minutes % 60}M`;
}

function minutesOf(interval: string): number | undefined {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?)?$/.exec(interval);
  if (parts === null) return undefined;
  const [days, hours, minutes] = parts.slice(1).map((one) => Number(one ?? 0));
  return ((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0);
}
