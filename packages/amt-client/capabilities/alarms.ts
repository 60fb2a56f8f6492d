import { AMT_AlarmClockService } from "@vigil/model/amt/AMT_AlarmClockService.ts";
import { IPS_AlarmClockOccurrence } from "@vigil/model/ips/IPS_AlarmClockOccurrence.ts";
import type { Instance } from "@vigil/model/define.ts";
import { exists } from "@vigil/model/firmware.ts";
import { refusal, refusalOf } from "../status.ts";
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
    if (await this.#hasOnlyOne(options)) return this.#only(options);
    const all = await this.#wsman.enumerate(IPS_AlarmClockOccurrence, options);
    return all.map(({ InstanceID, StartTime, Interval, DeleteOnCompletion }) => {
      return { name: InstanceID, ...timesOf(StartTime, Interval), isRemovedAfterwards: DeleteOnCompletion ?? false };
    });
  }

  /** On firmware before 8, which has one alarm without a name, it takes that one's place. @throws amt.alarms.refused (device) */
  async add(alarm: Alarm & { readonly at: Date }, options: CallOptions = {}): Promise<void> {
    const { name, at, everyMinutes, isRemovedAfterwards } = alarm;
    // Firmware takes whole seconds. @source protocols B.16
    const when = { datetime: at.toISOString().replace(/\.\d+/, "") };
    const interval = everyMinutes === undefined ? undefined : { interval: intervalOf(everyMinutes) };
    if (await this.#hasOnlyOne(options)) return this.#setOnly(when, interval, options);
    const method = "AddAlarm";
    const AlarmTemplate = {
      InstanceID: name,
      ElementName: name,
      StartTime: when,
      ...(interval === undefined ? {} : { Interval: interval }),
      DeleteOnCompletion: isRemovedAfterwards,
    };
    const { ReturnValue } = await this.#wsman.invoke(AMT_AlarmClockService, method, { AlarmTemplate }, options);
    if (ReturnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.alarms.refused", { family: "amt", method, returnValue: ReturnValue, details });
  }

  async remove(name: string, options: CallOptions = {}): Promise<void> {
    if (await this.#hasOnlyOne(options)) return this.#setOnly(undefined, undefined, options);
    await this.#wsman.delete(IPS_AlarmClockOccurrence, { InstanceID: name }, options);
  }

  /** Firmware before 8 has one alarm, in the service itself. It is asked what it is when it has not said so yet. */
  async #hasOnlyOne(options: CallOptions): Promise<boolean> {
    const { connection } = this.#wsman;
    if (connection.release === undefined) await this.#wsman.get(AMT_AlarmClockService, undefined, options);
    return connection.release !== undefined && !exists(IPS_AlarmClockOccurrence, connection.release);
  }

  async #only(options: CallOptions): Promise<Alarm[]> {
    const service = await this.#wsman.get(AMT_AlarmClockService, undefined, options);
    const times = timesOf(service.NextAMTAlarmTime, service.AMTAlarmClockInterval);
    return times.at === undefined
      ? []
      : [{ name: "", ...times, isRemovedAfterwards: times.everyMinutes === undefined }];
  }

  async #setOnly(at: CimTime | undefined, interval: CimTime | undefined, options: CallOptions): Promise<void> {
    const changes = { NextAMTAlarmTime: at, AMTAlarmClockInterval: interval };
    try {
      await this.#wsman.put(AMT_AlarmClockService, changes, undefined, options);
    } catch (cause) {
      throw refusalOf("amt.alarms.refused", cause);
    }
  }
}

type CimTime = NonNullable<Instance<typeof AMT_AlarmClockService>["NextAMTAlarmTime"]>;

function timesOf(
  at: CimTime | undefined,
  interval: CimTime | undefined,
): { readonly at: Date | undefined; readonly everyMinutes?: number } {
  const every = interval !== undefined && "interval" in interval ? minutesOf(interval.interval) : undefined;
  return {
    at: at !== undefined && "datetime" in at ? new Date(at.datetime) : undefined,
    ...(every === undefined ? {} : { everyMinutes: every }),
  };
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
