import type { Clock } from "@vigil/base/clock.ts";
import type { ErrorReport } from "@vigil/base/errors.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Dialer } from "@vigil/amt-client/dial/dialer.ts";
import type { Devices } from "../../devices/devices.ts";
import type { Ending } from "../engine/walk.ts";
import type { OperationRooms } from "../operations.ts";

/** What steps do their work with. */
export interface StepDeps extends OperationRooms {
  readonly devices: Devices;
  readonly clock: Clock;
  readonly log: Log;
  /** The way to a port of a machine itself. */
  readonly dialerTo: (host: string) => Dialer;
}

/** How a step ended on a device. */
export interface StepEnd {
  readonly outcome: Ending;
  /** What the device answered, in words. */
  readonly answer: string | null;
  readonly error: ErrorReport | null;
  /** The machine is changing its power now: what it is then is read later. */
  readonly movesPower: boolean;
}

/** "untold": the server stops before the device was told anything. */
export type Told = StepEnd | "untold";

export function succeeded(answer: string, movesPower = false): StepEnd {
  return { outcome: "succeeded", answer, error: null, movesPower };
}
