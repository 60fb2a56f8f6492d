import type { Clock } from "@vigil/base/clock.ts";
import { fail } from "./errors.ts";

/** Wrong logins at one device in one window. Chosen: firmware's own limit is not known. @source protocols A.3 "Lock-out" */
const mostRefusals = 5;
/** Chosen: longer than any lock-out that is spoken of. UNVERIFIED */
const windowMs = 10 * 60_000;
/** Devices remembered; beyond it the ones that were refused longest ago are forgotten. */
const mostDevices = 50_000;

/**
 * Keeps Vigil from locking devices by wrong passwords, whatever asks: a device that has refused too many gets none until the window has passed,
 * and the secret that opened it last is tried first. In this process alone: after a restart a device may be asked as often once more.
 */
export class LoginAttempts {
  readonly #clock: Clock;
  readonly #refusals = new Map<string, number[]>();
  readonly #lastGood = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many more wrong ones the device may be shown now. @throws credentials.login.paused (ours) when it is none */
  left(device: string): number {
    const recent = this.#recent(device);
    const left = mostRefusals - recent.length;
    if (left > 0) return left;
    const seconds = Math.ceil(((recent[0] ?? 0) + windowMs - this.#clock.monotonic()) / 1000);
    throw fail("credentials.login.paused", { details: { device, refused: recent.length, seconds } });
  }

  /** The device refused a login. */
  refused(device: string): void {
    const recent = this.#recent(device);
    this.#refusals.delete(device);
    this.#refusals.set(device, [...recent, this.#clock.monotonic()]);
    const [oldest] = this.#refusals.keys();
    if (this.#refusals.size > mostDevices && oldest !== undefined) this.#refusals.delete(oldest);
  }

  /** The device was opened: firmware, too, begins to count anew. @param secret the id of the secret that did it */
  opened(device: string, secret?: string): void {
    this.#refusals.delete(device);
    if (secret === undefined) return;
    this.#lastGood.delete(device);
    this.#lastGood.set(device, secret);
    const [oldest] = this.#lastGood.keys();
    if (this.#lastGood.size > mostDevices && oldest !== undefined) this.#lastGood.delete(oldest);
  }

  /** The same, the one that opened the device last before all others. */
  inOrder<C extends { readonly secret?: string }>(device: string, candidates: readonly C[]): readonly C[] {
    const last = this.#lastGood.get(device);
    const isLast = ({ secret }: C): boolean => last !== undefined && secret === last;
    return [...candidates.filter(isLast), ...candidates.filter((one) => !isLast(one))];
  }

  #recent(device: string): readonly number[] {
    const since = this.#clock.monotonic() - windowMs;
    return (this.#refusals.get(device) ?? []).filter((at) => at > since);
  }
}
