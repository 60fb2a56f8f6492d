import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";

/** A ready job. What must hold for a device stands in the filter language, so that it can be counted. */
export interface ReadyJob {
  readonly name: string;
  readonly about: string;
  readonly checks: readonly { readonly text: string; readonly filter: string }[];
  readonly definition: JobDefinition;
}

const managed = { text: "Vigil manages the device", filter: "state = provisioned" };
const answers = { text: "It answered when last asked", filter: "reachable = yes" };

/** Of every hundred devices a first few, then a part, then all: a mistake stops at a few machines. */
const careful = { waves: [5, 25, 100], stopAtFailurePercent: 10 };

const wake: JobDefinition["steps"] = [
  { name: "Wake", do: "power.on", retry: { tries: 3, delaySeconds: 30 } },
  { name: "Await power", waitFor: { power: "on" }, limitSeconds: 300 },
];
const putBack: JobDefinition["steps"][number] = { name: "Put power back", restore: "power" };

/**
 * Ready jobs, each of operations that there are.
 * @param image of the library; without one, a job that starts from an image still has to be given one
 */
export function readyJobs(image: string | undefined): readonly ReadyJob[] {
  return [...gallery, healFromImage(image)];
}

function healFromImage(image: string | undefined): ReadyJob {
  const start = "Start from the image";
  return {
    name: "Heal from an image",
    about:
      "Starts machines that do not boot once from an image of the library, waits until it has been read, and takes them back to their own disk",
    checks: [managed, answers],
    definition: {
      description: "Start once from an image to repair",
      steps: [
        // Without an image it says what is missing.
        { name: start, do: "boot.image", ...(image === undefined ? {} : { with: { image } }), limitSeconds: 14_400 },
        { name: "Await power", waitFor: { power: "on" }, when: { powerBefore: "on" }, limitSeconds: 300 },
      ],
      limits: { stopAtFailurePercent: 20, atOncePerSite: 10 },
    },
  };
}

const gallery: readonly ReadyJob[] = [
  {
    name: "Isolate",
    about:
      "Cuts machines off from the network by their firmware, which stays reachable itself, after a second person has agreed; release takes it off again",
    checks: [
      managed,
      answers,
      {
        text: "Its firmware is in admin control mode, without which it has no System Defense",
        filter: "not controlMode = client",
      },
      { text: "It is not isolated already", filter: "isolated = no" },
    ],
    definition: {
      description: "Cut suspect machines off from the network",
      steps: [
        { name: "Agree", approval: "Shall these machines be cut off from the network?" },
        {
          name: "Isolate",
          do: "network.isolate",
          when: { device: "isolated = no" },
          retry: { tries: 3, delaySeconds: 30 },
        },
      ],
      limits: { waves: [5, 25, 100], stopAtFailurePercent: 10, atOncePerSite: 10 },
    },
  },
  {
    name: "Patch window",
    about:
      "Wakes machines, leaves two hours for the company's own patching, and gives each the power that it had before",
    checks: [managed, answers],
    definition: {
      description: "Wake for patching, and put the power back afterwards",
      steps: [...wake, { name: "Patch window", pauseSeconds: 7_200 }, putBack],
      limits: { ...careful, atOncePerSite: 50, jitterSeconds: 60 },
    },
  },
  {
    name: "Night shutdown",
    about:
      "Switches off what was left on, except for devices with the tag never-off. Unsaved work is lost: run it when nobody works",
    checks: [managed, { text: "It has not the tag never-off", filter: "not tag = never-off" }],
    definition: {
      description: "Switch off at night what was left on",
      steps: [
        { name: "Switch off", do: "power.off", when: { powerBefore: "on", device: "not tag = never-off" } },
        { name: "Await off", waitFor: { power: "off" }, when: { step: "Switch off" }, limitSeconds: 120 },
      ],
      limits: { stopAtFailurePercent: 25 },
    },
  },
  {
    name: "Heal from the network",
    about:
      "Starts machines that do not boot once from the network, where an installer or a repair image waits for them by PXE",
    checks: [managed, answers],
    definition: {
      description: "Start once from the network to repair or reinstall",
      steps: [
        { name: "Start from the network", do: "boot.once", with: { to: "network" } },
        { name: "Await power", waitFor: { power: "on" }, limitSeconds: 300 },
      ],
      limits: { stopAtFailurePercent: 20, atOncePerSite: 10 },
    },
  },
  {
    name: "Inventory of what is off",
    about:
      "Wakes machines that are off, reads what they are made of, and switches off again what was off; what is on is read as it is",
    checks: [managed, answers, { text: "Its hardware was never read", filter: "not inventoried is known" }],
    definition: {
      description: "Read the hardware of every machine, those that are off included",
      steps: [
        { name: "Wake", do: "power.on", when: { powerBefore: "off" }, retry: { tries: 3, delaySeconds: 30 } },
        { name: "Await power", waitFor: { power: "on" }, when: { step: "Wake" }, limitSeconds: 300 },
        // UNVERIFIED how long a machine's BIOS takes until the firmware has its new inventory; chosen.
        { name: "Let it start", pauseSeconds: 60, when: { step: "Await power" } },
        { name: "Read hardware", do: "inventory.read", retry: { tries: 2, delaySeconds: 30 } },
        putBack,
      ],
      limits: { ...careful, atOncePerSite: 50, jitterSeconds: 60 },
    },
  },
  {
    name: "Rotate admin passwords",
    about:
      "Gives each firmware a new admin password, in waves; the old one is given up only after a login with the new one",
    checks: [managed, answers],
    definition: {
      description: "Rotate the admin password of each firmware",
      steps: [{ name: "Rotate", do: "secret.rotate", retry: { tries: 2, delaySeconds: 60 } }],
      limits: { waves: [1, 10, 100], stopAtFailurePercent: 5 },
    },
  },
  {
    name: "Cut over to TLS",
    about:
      "Brings devices that still speak in plain to the TLS that their profile asks for, in waves, and looks afterwards",
    checks: [
      managed,
      answers,
      { text: "It has a profile", filter: "profile is known" },
      { text: "It is still spoken to in plain", filter: "channel = plain" },
    ],
    definition: {
      description: "Apply the profile, its TLS with it, and look whether it holds",
      steps: [
        {
          name: "Apply",
          do: "profile.apply",
          when: { device: "channel = plain" },
          retry: { tries: 2, delaySeconds: 60 },
        },
        { name: "Look", do: "profile.look", when: { step: "Apply" } },
      ],
      limits: { waves: [1, 10, 50, 100], stopAtFailurePercent: 5 },
    },
  },
];
