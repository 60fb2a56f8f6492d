import type { PowerAction, PowerState } from "@vigil/amt-client/capabilities/power.ts";
import type { AmtDevice } from "@vigil/amt-client/device.ts";
import type { OperationName } from "@vigil/api/operations.ts";
import type { Hardware } from "@vigil/api/resources/readings.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { targetInWords, type Boots, type BootTarget } from "../boots/boots.ts";
import { wishIn, type Provisioning } from "../provisioning/provisioning.ts";
import type { Parameters } from "./run.ts";

/** One operation with its choices, and who wants it. */
export interface Task {
  readonly operation: OperationName;
  readonly parameters: Parameters;
  readonly startedBy: string;
}

/** What an operation brought: the device's answer in words, and its power where the operation read it. */
export interface Answer {
  readonly words: string;
  readonly power?: PowerState;
  /** It cannot be asked anything any more. */
  readonly isGone?: true;
}

/** Asks or tells the device that it is given, open with its runtime credential. */
export type Operation = (device: AmtDevice, signal: AbortSignal) => Promise<Answer>;

/** Reads what a device's machine is made of, and keeps it. */
export type ReadHardware = (device: string, signal: AbortSignal) => Promise<{ readonly hardware: Hardware }>;

export interface OperationRooms {
  readonly provisioning: Provisioning;
  readonly boots: Boots;
  readonly readHardware: ReadHardware;
}

/** What opens the device for itself, since the way in is what it changes. */
export interface OwnWay {
  readonly ownWay: (
    rooms: OperationRooms,
    device: string,
    signal: AbortSignal,
    task: Pick<Task, "parameters" | "startedBy">,
  ) => Promise<Answer>;
}

/** What each name of the operation catalogue does; a name without a row does not compile. */
export const operationBindings: Readonly<Record<OperationName, Operation | OwnWay>> = {
  "power.state": async (device, signal) => {
    const { power } = await device.power.state({ signal });
    return { words: `Power is ${power}`, power };
  },
  "power.on": switchedTo("on", "on"),
  "power.off": switchedTo("off", "off"),
  "power.cycle": asked("cycle"),
  "power.reset": asked("reset"),
  "boot.once": {
    ownWay: async ({ boots }, device, signal, { parameters, startedBy }) => {
      const to = targetIn(parameters);
      const begun = await boots.begin(
        startedBy,
        device,
        { to, showsOnSerial: parameters["serial"] === "serial" },
        signal,
      );
      return { words: `Told to start from ${targetInWords(begun)}` };
    },
  },
  "inventory.read": {
    ownWay: async ({ readHardware }, device, signal) => {
      const { manufacturer, model, bios } = (await readHardware(device, signal)).hardware;
      return { words: `${manufacturer} ${model}, BIOS ${bios.version}` };
    },
  },
  "profile.look": {
    ownWay: async ({ provisioning }, device, signal) => {
      const { differences } = await provisioning.lookForDrift(device, signal);
      return { words: differences.length === 0 ? "As its profile says" : `Differs: ${settingsIn(differences)}` };
    },
  },
  "profile.apply": {
    ownWay: async ({ provisioning }, device, signal) => {
      const changed = await provisioning.reconcile(device, signal);
      return { words: changed.length === 0 ? "Nothing to change" : `Changed: ${settingsIn(changed)}` };
    },
  },
  "secret.rotate": {
    ownWay: async ({ provisioning }, device, signal) => {
      const done = await provisioning.rotate(device, signal);
      return { words: done === "rotated" ? "Rotated" : "Finished a rotation that had been interrupted" };
    },
  },
  "device.unprovision": {
    ownWay: async ({ provisioning }, device, signal, { parameters, startedBy }) => ({
      words: await provisioning.unprovision(device, wishIn(parameters), startedBy, signal),
      isGone: true,
    }),
  },
};

/** What was chosen; the operation's declaration allows no other. */
function targetIn({ to }: Parameters): BootTarget {
  return to === "bios-setup" || to === "disk" || to === "cd" ? to : "network";
}

function settingsIn(differences: readonly { readonly setting: string }[]): string {
  return differences.map(({ setting }) => setting).join(", ");
}

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
