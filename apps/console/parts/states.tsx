import {
  IconAlertTriangleFilled,
  IconArchive,
  IconBan,
  IconCircle,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconClock,
  IconHelpCircle,
  IconLoader2,
  IconLockOpen,
  IconMoonFilled,
  IconPlayerPauseFilled,
  IconPlayerSkipForward,
  IconPower,
  IconUserQuestion,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { Device, DeviceState, Isolation, LifeState, PowerState } from "@vigil/api/resources/devices.ts";
import type { Outcome, Run, TrailEntry } from "@vigil/api/resources/runs.ts";
import { countOf } from "../ages.ts";

type Tone = "good" | "warn" | "bad" | "busy" | "quiet";
type Look = readonly [Icon: ComponentType<{ size: number; "aria-hidden": boolean }>, tone: Tone, word: string];

const deviceLooks: Readonly<Record<DeviceState, Look>> = {
  factory: [IconCircleDashed, "quiet", "factory"],
  provisioning: [IconLoader2, "busy", "provisioning"],
  provisioned: [IconCircleCheckFilled, "good", "provisioned"],
  failed: [IconAlertTriangleFilled, "bad", "failed"],
  foreign: [IconUserQuestion, "bad", "foreign-owned"],
  retired: [IconArchive, "quiet", "retired"],
};
const lifeLooks: Readonly<Record<LifeState, Look>> = {
  factory: deviceLooks.factory,
  "in-setup": [IconLoader2, "busy", "in setup"],
  "client-control": [IconCircleCheckFilled, "warn", "client control"],
  "admin-control": [IconCircleCheckFilled, "good", "admin control"],
  degraded: [IconAlertTriangleFilled, "bad", "degraded"],
  "foreign-owned": deviceLooks.foreign,
  retired: deviceLooks.retired,
};
const powerLooks: Readonly<Record<PowerState, Look>> = {
  on: [IconPower, "good", "on"],
  sleep: [IconMoonFilled, "quiet", "sleep"],
  hibernate: [IconMoonFilled, "quiet", "hibernate"],
  off: [IconCircle, "quiet", "off"],
  unknown: [IconHelpCircle, "quiet", "unknown"],
};
const outcomeLooks: Readonly<Record<Outcome, Look>> = {
  waiting: [IconClock, "quiet", "waiting"],
  running: [IconLoader2, "busy", "running"],
  succeeded: [IconCircleCheckFilled, "good", "succeeded"],
  failed: [IconAlertTriangleFilled, "bad", "failed"],
  unknown: [IconHelpCircle, "warn", "unknown"],
  cancelled: [IconBan, "quiet", "cancelled"],
};
const runLooks: Readonly<Record<Run["state"], Look>> = {
  running: outcomeLooks.running,
  paused: [IconPlayerPauseFilled, "warn", "paused"],
  approval: [IconHelpCircle, "warn", "asks for approval"],
  finished: [IconCircleCheckFilled, "quiet", "finished"],
  cancelled: outcomeLooks.cancelled,
};

/** A state by shape and word; its colour only repeats what they say. */
function State({ look: [Icon, tone, word], detail }: { readonly look: Look; readonly detail?: string }) {
  return (
    <span className="state" data-tone={tone}>
      <Icon size={14} aria-hidden />
      <span className="state-word">{word}</span>
      {detail === undefined ? null : <span className="dim clip">{detail}</span>}
    </span>
  );
}

export function DeviceStateMark({ state, step }: { readonly state: DeviceState; readonly step?: string | null }) {
  return <State look={deviceLooks[state]} {...(step === null || step === undefined ? {} : { detail: step })} />;
}

/** Where it stands in its life. */
export function LifeMark({ life }: { readonly life: LifeState }) {
  return <State look={lifeLooks[life]} />;
}

export function PowerMark({ power }: { readonly power: PowerState }) {
  return <State look={powerLooks[power]} />;
}

/** Whether what goes to and from the device is encrypted. */
export function ChannelMark({ channel }: { readonly channel: Device["channel"] }) {
  if (channel !== "plain") return channel === "mutual" ? "Mutual TLS" : "TLS";
  return (
    <span title="Its profile has TLS off: everything but the login's digest crosses the network in the clear">
      <State look={[IconLockOpen, "bad", "no TLS"]} />
    </span>
  );
}

const stepLooks: Readonly<Record<TrailEntry["outcome"], Look>> = {
  ...outcomeLooks,
  skipped: [IconPlayerSkipForward, "quiet", "skipped"],
};

/** How one step ended on one device. */
export function StepOutcomeMark({ outcome }: { readonly outcome: TrailEntry["outcome"] }) {
  return <State look={stepLooks[outcome]} />;
}

export function OutcomeMark({ outcome }: { readonly outcome: Outcome }) {
  return <State look={outcomeLooks[outcome]} />;
}

/** How a run stands; one that finished with failures does not look like success. */
export function RunMark({ run }: { readonly run: Run }) {
  const { failed, unknown } = run.counts;
  if (run.state === "finished" && failed > 0)
    return <State look={outcomeLooks.failed} detail={`${countOf(failed)} of ${countOf(run.total)}`} />;
  if (run.state === "finished" && unknown > 0)
    return <State look={outcomeLooks.unknown} detail={`${countOf(unknown)} of ${countOf(run.total)}`} />;
  if (run.state === "finished" && run.total > 0) return <State look={outcomeLooks.succeeded} />;
  return <State look={runLooks[run.state]} />;
}

/** Where a machine's isolation stands; "wanted" and "releasing" until the device has confirmed it. */
export const isolationWords: Readonly<Record<Isolation["state"], string>> = {
  wanted: "Isolation wanted",
  on: "Isolated",
  releasing: "Being released",
};

/** Marks a machine that is cut off from the network. */
export function IsolationMark({ isolation }: { readonly isolation: Isolation }) {
  const { state, since, by, reason } = isolation;
  return (
    <span className="bad" title={`Since ${since} by ${by}: ${reason}`}>
      {isolationWords[state].toLowerCase()}
    </span>
  );
}
