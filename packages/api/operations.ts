import type { Permission } from "./route.ts";

/** One of a few values. */
export interface ChoiceParameter {
  readonly kind: "choice";
  readonly title: string;
  /** Each value, with what it means in words. */
  readonly choices: Readonly<Record<string, string>>;
  /** What it is when nobody says. */
  readonly usual: string;
}

/** The name of an image of the library, which has to be said. */
export interface ImageParameter {
  readonly kind: "image";
  readonly title: string;
}

/** IPv4 addresses with commas between them; none unless somebody says some. */
export interface AddressesParameter {
  readonly kind: "addresses";
  readonly title: string;
  readonly most: number;
  readonly usual: "";
}

/** What whoever starts an operation says of it. */
export type OperationParameter = ChoiceParameter | ImageParameter | AddressesParameter;

/** What was chosen, by the parameter's name. */
export type Parameters = Readonly<Record<string, string>>;

/** One verb on one device: the form in the console, the CLI's verb and the server's binding come from this row. */
export interface OperationDeclaration {
  readonly title: string;
  /** As a button says it, with its object. */
  readonly verb: string;
  readonly permission: Permission;
  /**
   * "read" changes nothing; "quiet" changes the firmware alone; "disruptive" interrupts the user of the machine; "dangerous" cannot be undone from
   * afar, and needs a reason.
   */
  readonly risk: "read" | "quiet" | "disruptive" | "dangerous";
  /** What follows when the server died in its midst: it is carried out again, or the device is only looked at. */
  readonly afterInterruption: "again" | "look";
  /** What it does to the machine, in one sentence, for the confirmation. */
  readonly effect: string;
  /** It is not started without a reason, which is kept with the device. */
  readonly needsReason?: true;
  readonly parameters?: Readonly<Record<string, OperationParameter>>;
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
  "boot.once": {
    title: "Force the next start",
    verb: "Force the next start",
    permission: "device.boot",
    risk: "disruptive",
    afterInterruption: "look",
    effect:
      "Restarts each machine, or switches it on, so that it starts once from what is chosen; unsaved work is lost",
    parameters: {
      to: {
        kind: "choice",
        title: "What it starts from",
        choices: {
          network: "the network, by PXE",
          "bios-setup": "the BIOS's setup, which waits for somebody at the screen or the serial line",
          disk: "its own disk",
          cd: "the CD or DVD that is in it",
        },
        usual: "network",
      },
      serial: {
        kind: "choice",
        title: "What the BIOS says",
        choices: { screen: "stays on the machine's screen", serial: "goes to the serial line as well" },
        usual: "screen",
      },
    },
  },
  "boot.image": {
    title: "Start once from an image",
    verb: "Force an image boot",
    permission: "device.boot",
    risk: "disruptive",
    afterInterruption: "look",
    effect:
      "Starts each machine once from an image of the library, waits until it has been read, then restarts it from its own disk, or switches it off if it was off; unsaved work is lost",
    parameters: {
      image: { kind: "image", title: "Image of the library" },
      quiet: {
        kind: "choice",
        title: "It has been read when nothing was read for",
        choices: { "10": "ten seconds", "60": "a minute", "600": "ten minutes", "3600": "an hour" },
        usual: "60",
      },
    },
  },
  "inventory.read": {
    title: "Read hardware",
    verb: "Read the hardware",
    permission: "device.read",
    risk: "read",
    afterInterruption: "again",
    effect: "Asks each device what its machine is made of, and keeps that with its time",
  },
  "network.isolate": {
    title: "Isolate from the network",
    verb: "Cut off the network",
    permission: "device.isolate",
    risk: "disruptive",
    // It looks first, and writes what is missing.
    afterInterruption: "again",
    needsReason: true,
    effect:
      "Has each firmware drop what the machine sends and gets, but for what is allowed here; the firmware itself stays reachable",
    parameters: {
      addresses: { kind: "addresses", title: "IPv4 addresses that it may still speak with", most: 8, usual: "" },
      dns: {
        kind: "choice",
        title: "Name resolution",
        choices: { allow: "it may still ask for names by DNS", drop: "is dropped as well" },
        usual: "allow",
      },
    },
  },
  "network.release": {
    title: "Release from isolation",
    verb: "End the isolation",
    permission: "device.isolate",
    risk: "disruptive",
    afterInterruption: "again",
    needsReason: true,
    effect: "Takes Vigil's isolation off each firmware again, and puts back the policy that was in force before",
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
  "device.unprovision": {
    title: "Unprovision",
    verb: "Unprovision the firmware",
    permission: "device.retire",
    risk: "dangerous",
    // It is written down before the device is told, and who comes back meets the device first.
    afterInterruption: "again",
    effect: "Makes each firmware forget Vigil, its passwords and its settings; from then on it cannot be managed",
    parameters: {
      kind: {
        kind: "choice",
        title: "What the firmware forgets",
        choices: {
          partial: "Vigil, but not with which keys, names and roots it can be set up again: it asks for that by itself",
          full: "everything; somebody has to go to the machine before it can be managed again",
        },
        usual: "partial",
      },
      afterwards: {
        kind: "choice",
        title: "What becomes of it afterwards",
        choices: {
          factory: "a device like a new one: when it says hello it is set up by its profile",
          retired: "a retired device: its hellos are refused until it is readmitted",
        },
        usual: "factory",
      },
      certificate: {
        kind: "choice",
        title: "Its certificate",
        choices: { revoke: "is revoked", keep: "is left to end by itself" },
        usual: "revoke",
      },
      directory: {
        kind: "choice",
        title: "Its object in the directory",
        choices: { remove: "is removed", keep: "stays" },
        usual: "remove",
      },
    },
  },
} as const satisfies Readonly<Record<string, OperationDeclaration>>;

export type OperationName = keyof typeof operations;

/** The choices of an operation; none for most. */
export function parametersOf(name: OperationName): Readonly<Record<string, OperationParameter>> {
  const row: OperationDeclaration = operations[name];
  return row.parameters ?? {};
}
/** Whether it is started with a reason only. */
export function needsReasonFor(name: OperationName): boolean {
  const { risk, needsReason }: OperationDeclaration = operations[name];
  return risk === "dangerous" || needsReason === true;
}

// Object.keys widens to string; the table above is closed.
export const operationNames = Object.keys(operations) as readonly OperationName[];
