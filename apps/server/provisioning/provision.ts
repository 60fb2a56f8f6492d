import { VigilError } from "@vigil/base/errors.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Dialer } from "@vigil/amt-client/dial/dialer.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Credentials, DeviceNames } from "../credentials/credentials.ts";
import type { Devices } from "../devices/devices.ts";
import { hostNameFor, type Profile, type Profiles } from "../profiles/profiles.ts";
import type { Entry } from "./entry.ts";
import { fail } from "./errors.ts";
import { meet, meetAtRuntime, type Meeting } from "./meeting.ts";
import { isPlainPortOpen } from "./plain-port.ts";
import { fixedPassword } from "./fixed-password.ts";
import { afterCommit, untilCommit } from "./steps/steps.ts";
import type { Notes, Site, Step } from "./steps/step.ts";

export interface ProvisionDeps {
  readonly postgres: Postgres;
  readonly devices: Devices;
  readonly credentials: Credentials;
  readonly profiles: Profiles;
  readonly clock: Clock;
  readonly dialerTo: (address: string) => Dialer;
}

export interface Task {
  readonly entry: Entry;
  readonly signal: AbortSignal;
  readonly onStep: (name: string) => Promise<void>;
}

/** How long a device may take to come back with its new certificate. Chosen: firmware restarts its servers within seconds. */
const comeBackMs = 60_000;
const comeBackPauseMs = 500;

/**
 * Brings one device from wherever it was left to provisioned. Run it as often as you like.
 * @throws provisioning.*, amt.*, wsman.*; what has been done by then stays done
 */
export async function provision(deps: ProvisionDeps, task: Task): Promise<void> {
  const { entry, signal } = task;
  const { uuid, address, hashes } = entry;
  const record = await deps.devices.get(uuid);
  const profile = await deps.profiles.named(record.profile);
  const fixed = await fixedPassword(deps, profile.name);
  const names = { uuid, hostName: hostNameFor(profile, record), domainName: profile.general.domainName, address };
  await refuseContradicted(deps, entry, signal);
  const notes: Notes = { release: "", certificateId: undefined, needsCommit: false };
  let meeting = await meet(deps, { uuid, address, hashes, signal });
  try {
    if (meeting.way === "setup" && meeting.openedWith === "factory") {
      await deps.postgres.transaction((tx) => deps.credentials.retire(tx, uuid));
    }
    const hadToCommit = await runSteps(deps, task, { names, profile, fixed, meeting, notes, steps: untilCommit });
    await deps.postgres.transaction((tx) => deps.devices.noteFacts(tx, uuid, { address }));
    if (meeting.way === "setup" || hadToCommit) {
      meeting.device.close();
      meeting = await comeBack(deps, entry, signal);
    }
    await runSteps(deps, task, { names, profile, fixed, meeting, notes, steps: afterCommit });
    const applied = { profile: profile.name, profileVersion: profile.version };
    await deps.postgres.transaction((tx) => deps.devices.noteFacts(tx, uuid, applied));
  } finally {
    meeting.device.close();
  }
}

interface Part {
  readonly names: DeviceNames & { readonly address: string };
  readonly profile: Profile;
  readonly fixed: Site["fixedPassword"];
  readonly meeting: Meeting;
  readonly notes: Notes;
  readonly steps: readonly Step[];
}

/** @returns whether the device was told to put changes into force */
async function runSteps(
  deps: ProvisionDeps,
  task: Task,
  { names, profile, fixed, meeting, notes, steps }: Part,
): Promise<boolean> {
  let hasCommitted = false;
  for (const step of steps) {
    using limit = deps.clock.deadline(
      step.limitMs,
      () => fail("provisioning.step.timeout", { details: { step: step.name, limitMs: step.limitMs } }),
      task.signal,
    );
    const site: Site = {
      names,
      way: meeting.way,
      openedWith: meeting.openedWith,
      calls: { signal: limit.signal },
      notes,
      clock: deps.clock,
      credentials: deps.credentials,
      devices: deps.devices,
      fixedPassword: fixed,
      transaction: (work) => deps.postgres.transaction(work),
      isPlainPortOpen: () => isPlainPortOpen(deps.dialerTo(names.address), deps.clock, limit.signal),
    };
    await task.onStep(step.name);
    const found = await step.compare(meeting.device, profile, site);
    if (found !== "due" && found.length === 0) continue;
    await step.apply(meeting.device, profile, site, found);
    hasCommitted ||= step.name === "commit";
  }
  return hasCommitted;
}

/** A hello for a device that is ours and answers elsewhere is a forgery, or two machines share a UUID. @throws provisioning.hello.contradicted */
async function refuseContradicted(deps: ProvisionDeps, entry: Entry, signal: AbortSignal): Promise<void> {
  const { uuid, address } = entry;
  const device = await deps.devices.get(uuid);
  if (device.state !== "provisioned" || device.address === address) return;
  try {
    const { device: open } = await meetAtRuntime(deps, { uuid, address: device.address, signal });
    open.close();
  } catch (error) {
    if (signal.aborted || !(error instanceof VigilError)) throw error;
    // It is not there any more, or not ours any more: the hello may well be true.
    return;
  }
  throw fail("provisioning.hello.contradicted", { details: { device: uuid, address: device.address, hello: address } });
}

/** Meets the device on its new way in, once it has put it into force. */
async function comeBack(deps: ProvisionDeps, { uuid, address }: Entry, signal: AbortSignal): Promise<Meeting> {
  const started = deps.clock.monotonic();
  for (;;) {
    try {
      return await meetAtRuntime(deps, { uuid, address, signal });
    } catch (error) {
      const isLate = deps.clock.monotonic() - started > comeBackMs;
      const isOnItsWay = error instanceof VigilError && /^amt\.(connect|tls|answer)\./.test(error.code);
      if (isLate || !isOnItsWay || signal.aborted) throw error;
      await deps.clock.sleep(comeBackPauseMs, signal);
    }
  }
}
