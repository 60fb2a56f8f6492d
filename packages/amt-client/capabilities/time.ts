import { AMT_TimeSynchronizationService } from "@vigil/model/amt/AMT_TimeSynchronizationService.ts";
import { refusal } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

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
