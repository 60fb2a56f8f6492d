import type { Permission } from "./route.ts";

/** One verb on one device: the form in the console, the CLI's verb and the server's binding come from this row. */
export interface OperationDeclaration {
  readonly title: string;
  /** As a button says it, with its object. */
  readonly verb: string;
  readonly permission: Permission;
  /** "read" changes nothing; "quiet" changes the firmware alone; "disruptive" interrupts the user of the machine. */
  readonly risk: "read" | "quiet" | "disruptive";
  /** What follows when the server died in its midst: it is carried out again, or the device is only looked at. */
  readonly afterInterruption: "again" | "look";
  /** What it does to the machine, in one sentence, for the confirmation. */
  readonly effect: string;
}

/** The operation catalogue. A name here without a binding in the server does not compile. */
export const operations = {
  "power.state": {
    title: "Read power state",
    verb: "Read power state",
    permission: "device.read",
    risk: "read",
    afterInterruption: "again",
    effect: "Asks each device whether it is on",
  },
  "power.on": {
    title: "Power on",
    verb: "Power on",
    permission: "device.power",
    risk: "disruptive",
    afterInterruption: "look",
    effect: "Switches each machine on",
  },
  "power.off": {
    title: "Power off",
    verb: "Power off",
    permission: "device.power",
    risk: "disruptive",
    afterInterruption: "look",
    effect: "Switches each machine off at once; unsaved work is lost",
  },
  "power.cycle": {
    title: "Cycle power",
    verb: "Cycle power",
    permission: "device.power",
    risk: "disruptive",
    afterInterruption: "look",
    effect: "Switches each machine off and on again; unsaved work is lost",
  },
  "power.reset": {
    title: "Reset",
    verb: "Reset",
    permission: "device.power",
    risk: "disruptive",
    afterInterruption: "look",
    effect: "Restarts each machine at once; unsaved work is lost",
  },
  "secret.rotate": {
    title: "Rotate admin password",
    verb: "Rotate the admin password",
    permission: "secret.rotate",
    risk: "quiet",
    // The new one is stored before the device is told, and set again as the same: twice is once.
    afterInterruption: "again",
    effect: "Gives the firmware a new admin password, logs in with it, and only then gives up the old one",
  },
  "profile.look": {
    title: "Look for drift",
    verb: "Compare with the profile",
    permission: "device.read",
    risk: "read",
    afterInterruption: "again",
    effect: "Asks each device for its settings and notes which are not as its profile says",
  },
  "profile.apply": {
    title: "Apply profile",
    verb: "Apply the profile",
    permission: "provisioning.run",
    risk: "quiet",
    // Each step compares before it writes.
    afterInterruption: "again",
    effect: "Makes each device as its profile says, writing only the settings that differ",
  },
} as const satisfies Readonly<Record<string, OperationDeclaration>>;

export type OperationName = keyof typeof operations;
// Object.keys widens to string; the table above is closed.
export const operationNames = Object.keys(operations) as readonly OperationName[];
