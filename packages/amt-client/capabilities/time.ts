import { AMT_TimeSynchronizationService } from "@vigil/model/amt/AMT_TimeSynchronizationService.ts";
import { refusal } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

export interface ClockSource {
  /** False while it is the BIOS's clock, which nobody has set for the firmware. */
  readonly isSet: boolean;
  readonly mayHostSet: boolean;
}

/** The device's clock, which counts whole seconds of UTC. */
export class Time {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  /** What the device takes the time to be. */
  async get(options: CallOptions = {}): Promise<Date> {
    return new Date((await this.#read(options)) * 1_000);
  }

  /**
   * Sets the device's clock to ours. The device is told its own time as we read it, ours at that moment, and ours now.
   * @throws amt.time.refused (device)
   * @source protocols B.12 "AMT_TimeSynchronizationService"
   */
  async set(options: CallOptions = {}): Promise<void> {
    const theirs = await this.#read(options);
    const readAt = this.#now();
    const method = "SetHighAccuracyTimeSynch";
    const input = { Ta0: theirs, Tm1: readAt, Tm2: this.#now() };
    const { ReturnValue } = await this.#wsman.invoke(AMT_TimeSynchronizationService, method, input, options);
    if (ReturnValue !== 0) throw this.#refusal(method, ReturnValue);
  }

  /** Who has set the clock, and whether the host's operating system may. */
  async source(options: CallOptions = {}): Promise<ClockSource> {
    const service = await this.#wsman.get(AMT_TimeSynchronizationService, undefined, options);
    return { isSet: service.TimeSource === "configured", mayHostSet: service.LocalTimeSyncEnabled !== "false" };
  }

  /** Lets the host's operating system set the clock, or not. @throws amt.time.refused (device) */
  async letHostSet(mayHostSet: boolean, options: CallOptions = {}): Promise<void> {
    const method = "EnableLocalTimeSync";
    const input = { Enable: mayHostSet };
    const { ReturnValue } = await this.#wsman.invoke(AMT_TimeSynchronizationService, method, input, options);
    if (ReturnValue !== 0) throw this.#refusal(method, ReturnValue);
  }

  async #read(options: CallOptions): Promise<number> {
    const method = "GetLowAccuracyTimeSynch";
    const read = { ...options, effect: "read" } as const;
    const { ReturnValue, Ta0 } = await this.#wsman.invoke(AMT_TimeSynchronizationService, method, {}, read);
    if (ReturnValue !== 0 || Ta0 === undefined) throw this.#refusal(method, ReturnValue);
    return Ta0;
  }

  #now(): number {
    return Math.floor(this.#wsman.connection.clock.now() / 1_000);
  }

  #refusal(method: string, returnValue: number): Error {
    const { details } = this.#wsman.connection;
    return refusal("amt.time.refused", { family: "amt", method, returnValue, details });
  }
}
