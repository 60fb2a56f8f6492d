import type { PowerAction, PowerState } from "@vigil/amt-client/capabilities/power.ts";
import type { AmtDevice } from "@vigil/amt-client/device.ts";
import type { OperationName } from "@vigil/api/operations.ts";
import { VigilError } from "@vigil/base/errors.ts";

/** What an operation brought: the device's answer in words, and its power where the operation read it. */
export interface Answer {
  readonly words: string;
  readonly power?: PowerState;
}

export type Operation = (device: AmtDevice, signal: AbortSignal) => Promise<Answer>;

/** What each name of the operation catalogue does; a name without a row does not compile. */
export const operationBindings: Readonly<Record<OperationName, Operation>> = {
  "power.state": async (device, signal) => {
    const { power } = await device.power.state({ signal });
    return { words: `Power is ${power}`, power };
  },
  "power.on": switchedTo("on", "on"),
  "power.off": switchedTo("off", "off"),
  "power.cycle": asked("cycle"),
  "power.reset": asked("reset"),
};

function asked(action: PowerAction): Operation {
  return async (device, signal) => {
    const { result } = await device.power.request(action, { signal });
    return { words: result === "done" ? "Accepted" : "Accepted; still under way" };
  };
}

/** Firmware refuses to switch on what is on. @source firmware samples: ReturnValue 2; UNVERIFIED for every release */
function switchedTo(action: PowerAction, wanted: PowerState): Operation {
  const ask = asked(action);
  return async (device, signal) => {
    try {
      return await ask(device, signal);
    } catch (error) {
      if (!(error instanceof VigilError) || error.code !== "amt.power.refused") throw error;
      const { power } = await device.power.state({ signal });
      if (power !== wanted) throw error;
      return { words: `Was ${wanted} already`, power };
    }
  };
}
