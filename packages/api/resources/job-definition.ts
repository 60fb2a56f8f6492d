import { Type, type Static } from "typebox";
import { operationNames } from "../operations.ts";

// What a job does on each device of its target, as it is written in a file, kept as a version and shown in the editor.

const only = { additionalProperties: false } as const;

/** A step's name, by which conditions and results speak of it: unique in its job. */
const StepName = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$" });

export const stepOutcomes = ["succeeded", "failed", "unknown", "skipped"] as const;

/** Holds for one device; all that is given must hold. */
export const StepCondition = Type.Object(
  {
    /** An earlier step of this job. */
    step: Type.Optional(StepName),
    /** How that step ended; without it: that it succeeded. Needs `step`. */
    ended: Type.Optional(Type.Array(Type.Enum(stepOutcomes), { minItems: 1, maxItems: 4 })),
    /** What the machine's power was before the first step. */
    powerBefore: Type.Optional(Type.Enum(["on", "off", "sleep", "hibernate"] as const)),
    /** In the filter language of collections, as the registry knows the device when the step's turn comes. */
    device: Type.Optional(Type.String({ minLength: 1, maxLength: 10_000 })),
  },
  { ...only, minProperties: 1 },
);
export type StepCondition = Static<typeof StepCondition>;

const common = {
  name: StepName,
  /** The step is skipped where this does not hold. */
  when: Type.Optional(StepCondition),
  /** Runs even though an earlier step failed: what puts things back. A `restore` always does. */
  always: Type.Optional(Type.Boolean()),
  /** A failure of this step leaves the rest of the job for this device as if it had succeeded. */
  mayFail: Type.Optional(Type.Boolean()),
};

/** Seconds until the step has failed on a device. Chosen: a day covers a device that is asked to come back tomorrow. */
const Limit = Type.Integer({ minimum: 1, maximum: 86_400 });

/** Again after a failure; never after an unknown outcome. */
const Retry = Type.Object(
  {
    tries: Type.Integer({ minimum: 2, maximum: 10 }),
    /** 10 unless said otherwise. */
    delaySeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600 })),
  },
  only,
);

/** One operation of the catalogue. */
export const OperationStep = Type.Object(
  {
    ...common,
    do: Type.Enum(operationNames),
    /** The operation's choices; those that are left out are as usual. */
    with: Type.Optional(
      Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 100 }), { maxProperties: 20 }),
    ),
    retry: Type.Optional(Retry),
    limitSeconds: Type.Optional(Limit),
  },
  only,
);
export type OperationStep = Static<typeof OperationStep>;

/** Waits until the machine is as said. Exactly one of the three. */
export const WaitForStep = Type.Object(
  {
    ...common,
    waitFor: Type.Object(
      {
        power: Type.Optional(Type.Enum(["on", "off"] as const)),
        /** What watches from within the operating system, by AMT's agent presence, is there or is gone. */
        agent: Type.Optional(Type.Enum(["present", "gone"] as const)),
        /** A TCP port of the machine itself accepts connections. */
        port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
      },
      { ...only, minProperties: 1, maxProperties: 1 },
    ),
    /** 300 unless said otherwise. */
    limitSeconds: Type.Optional(Limit),
  },
  only,
);
export type WaitForStep = Static<typeof WaitForStep>;

/** Lets time pass on each device, without holding anything. */
export const PauseStep = Type.Object({ ...common, pauseSeconds: Type.Integer({ minimum: 1, maximum: 86_400 }) }, only);
export type PauseStep = Static<typeof PauseStep>;

/** Gives each machine the power state that it had before the first step; it is read then and kept with the run. */
export const RestoreStep = Type.Object({ ...common, restore: Type.Literal("power") }, only);
export type RestoreStep = Static<typeof RestoreStep>;

/** What may stand within a branch. */
export const PlainStep = Type.Union([OperationStep, WaitForStep, PauseStep, RestoreStep]);
export type PlainStep = Static<typeof PlainStep>;

const Branch = Type.Array(PlainStep, { minItems: 1, maxItems: 20 });

/** All branches at once, on each device; it ends when the last of them has. */
export const ParallelStep = Type.Object(
  { ...common, parallel: Type.Array(Branch, { minItems: 2, maxItems: 5 }) },
  only,
);
export type ParallelStep = Static<typeof ParallelStep>;

/** The first branch whose condition holds for the device, or `otherwise`, or nothing. */
export const ChooseStep = Type.Object(
  {
    ...common,
    choose: Type.Array(Type.Object({ when: StepCondition, steps: Branch }, only), { minItems: 1, maxItems: 10 }),
    otherwise: Type.Optional(Branch),
  },
  only,
);
export type ChooseStep = Static<typeof ChooseStep>;

/** Each device waits here until somebody other than the run's starter lets the run go on. */
export const ApprovalStep = Type.Object({ ...common, approval: Type.String({ minLength: 1, maxLength: 500 }) }, only);
export type ApprovalStep = Static<typeof ApprovalStep>;

export const JobStep = Type.Union([PlainStep, ParallelStep, ChooseStep, ApprovalStep]);
export type JobStep = Static<typeof JobStep>;

/** How far a run may reach at once, and what stops it. */
export const BlastRadius = Type.Object(
  {
    /**
     * Shares of the target in percent, rising, the last 100: the next wave begins when the one before it has ended well. Without it all devices
     * are one wave.
     */
    waves: Type.Optional(Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 100 }), { minItems: 1, maxItems: 10 })),
    /**
     * The run pauses by itself when more of a wave's ended devices than this failed, in percent, and when at least `stopAfter` have ended or the
     * wave is over. Where there are waves it is 10 unless said otherwise: a wave that nothing stops protects nobody. "never" has to be said.
     */
    stopAtFailurePercent: Type.Optional(Type.Union([Type.Number({ minimum: 0, maximum: 100 }), Type.Literal("never")])),
    /** 10 unless said otherwise: before that many have ended a share says nothing. */
    stopAfter: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    /** Devices under way at once, in the whole run. */
    atOnce: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    /**
     * Devices under way at once in one site, as sites are defined under provisioning when the run is started; where none holds a device it counts
     * with its own /24, or /64 of IPv6.
     */
    atOncePerSite: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    /** Devices begun in a second. */
    perSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10_000 })),
    /** Each device begins at a random moment within so many seconds, so that a thousand machines do not draw power at once. */
    jitterSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
    /** With more devices than this a second person must approve before anything begins. */
    approvalAbove: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  },
  only,
);
export type BlastRadius = Static<typeof BlastRadius>;

/** Chosen: a tenth of a wave is more than the machines that are always off, and less than what a bad change breaks. */
export const usualStopPercent = 10;

/** The limits that hold: what was said, and what is usual where there are waves and nothing was. */
export function limitsInForce(limits: BlastRadius): BlastRadius {
  if (limits.waves === undefined || limits.stopAtFailurePercent !== undefined) return limits;
  return { ...limits, stopAtFailurePercent: usualStopPercent };
}

/** What makes the run pause by itself, in words. */
export function stopInWords({ stopAtFailurePercent, waves }: BlastRadius): string {
  if (stopAtFailurePercent === undefined || stopAtFailurePercent === "never") return "never, whatever fails";
  return `when more than ${stopAtFailurePercent} % ${waves === undefined ? "of the devices" : "of a wave"} failed`;
}

/** What a job does. Its target and its schedule are said when it is started or scheduled. */
export const JobDefinition = Type.Object(
  {
    description: Type.Optional(Type.String({ maxLength: 2_000 })),
    steps: Type.Array(JobStep, { minItems: 1, maxItems: 50 }),
    limits: Type.Optional(BlastRadius),
  },
  only,
);
export type JobDefinition = Static<typeof JobDefinition>;
