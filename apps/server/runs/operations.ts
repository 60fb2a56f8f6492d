import type { PowerAction, PowerState } from "@vigil/amt-client/capabilities/power.ts";
import type { AmtDevice } from "@vigil/amt-client/device.ts";
import { addressesIn } from "@vigil/api/operation-values.ts";
import type { OperationName } from "@vigil/api/operations.ts";
import type { Hardware } from "@vigil/api/resources/readings.ts";
import { reportOf, VigilError, type ErrorReport } from "@vigil/base/errors.ts";
import { bootFailure, targetInWords, type BootRecord, type Boots, type BootTarget } from "../boots/boots.ts";
import type { Isolations } from "../isolations/isolations.ts";
import { wishIn, type Provisioning } from "../provisioning/provisioning.ts";
import type { Parameters } from "./run.ts";

/** One operation with its choices, and who wants it. */
export interface Task {
  readonly operation: OperationName;
  readonly parameters: Parameters;
  readonly startedBy: string;
  /** Why, where it was said. */
  readonly reason: string | null;
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
  readonly isolations: Isolations;
  readonly readHardware: ReadHardware;
}

/** What opens the device for itself, since the way in is what it changes. */
export interface OwnWay {
  readonly ownWay: (
    rooms: OperationRooms,
    device: string,
    signal: AbortSignal,
    task: Pick<Task, "parameters" | "startedBy" | "reason">,
  ) => Promise<Answer>;
}

/** What goes on in the machine's own time: asked again from time to time, also after a crash, until it says how it has ended. */
export interface LongWay {
  readonly goOn: (rooms: OperationRooms, share: ShareOfStep, signal: AbortSignal, task: Task) => Promise<Ended | null>;
  /** It took too long: it is ended, or forgotten if it was not begun. */
  readonly giveUp: (rooms: OperationRooms, share: ShareOfStep, task: Task) => Promise<void>;
}

/** Which step of which run it is for. */
export interface ShareOfStep {
  readonly run: string;
  readonly device: string;
  /** When the step was begun on this device. */
  readonly since: Date;
}

/** How it has ended, with what is known of it. */
export interface Ended {
  readonly outcome: "succeeded" | "failed" | "unknown";
  readonly words: string;
  readonly error: ErrorReport | null;
}

/** What each name of the operation catalogue does; a name without a row does not compile. */
export const operationBindings: Readonly<Record<OperationName, Operation | OwnWay | LongWay>> = {
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
  "boot.image": {
    goOn: async ({ boots }, { run, device, since }, signal, { parameters, startedBy }) => {
      const { image = "", quiet } = parameters;
      const wish = { to: "image", image, returns: true, quietSeconds: Number(quiet), run } as const;
      const boot = await boots.carryOn({ actor: startedBy, device, since }, wish, signal);
      return boot === undefined || boot.state !== "ended" ? null : endOfBoot(boot);
    },
    giveUp: async ({ boots }, share, { startedBy }) => boots.giveUp(share, startedBy),
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
  "network.isolate": {
    ownWay: async ({ isolations }, device, signal, { parameters, startedBy, reason }) => {
      const wish = { addresses: addressesIn(parameters["addresses"] ?? ""), allowsDns: parameters["dns"] !== "drop" };
      return { words: await isolations.isolate(device, wish, { actor: startedBy, reason: reason ?? "" }, signal) };
    },
  },
  "network.release": {
    ownWay: async ({ isolations }, device, signal, { startedBy, reason }) => ({
      words: await isolations.release(device, { actor: startedBy, reason: reason ?? "" }, signal),
    }),
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

/** What is known of a boot from an image that has ended. */
function endOfBoot(boot: BootRecord): Ended {
  const { image, bytesRead, startedAt, toldAt, wasOn, outcome, error } = boot;
  const read = `${bytesRead} bytes of ${image?.name ?? "its image"}`;
  const back = wasOn === false ? "off again" : "told to start from its own disk";
  switch (outcome) {
    case "started":
      return { outcome: "succeeded", words: `Has read ${read}; ${back}`, error: null };
    case "stopped":
    case "replaced": {
      const early = reportOf(bootFailure("boots.ended-early", { details: { boot: boot.id } }));
      return { outcome: "failed", words: `Had read ${read}`, error: early };
    }
    case "failed":
      return { outcome: "failed", words: `Had read ${read}`, error };
    default: {
      // Whoever tells it again does no harm while the machine was told nothing.
      const known = startedAt === null ? "was not seen to start from it" : `had started from it and read ${read}`;
      const words = toldAt === null ? "The machine was told nothing" : `The machine ${known}; ${back}`;
      return { outcome: toldAt === null ? "failed" : "unknown", words, error };
    }
  }
}

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
