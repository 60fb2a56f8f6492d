import { reportOf } from "@vigil/base/errors.ts";
import type { Tx } from "@vigil/postgres/postgres.ts";
import type { LaneOptions, Work, WorkItem } from "@vigil/work/work.ts";
import type { Audit } from "../audit/audit.ts";
import type { Attempts, OpenAttempt } from "./attempts.ts";
import { pauseAfter, type Entry, type EntryLane } from "./entry.ts";
import { laneNames, type Gate } from "./gate.ts";
import { maintenanceLane } from "./maintenance.work.ts";
import { isFinal } from "./outcomes.ts";
import type { CourseDeps } from "./course.ts";
import { provision } from "./provision.ts";
import type { OneAtATime } from "./one-at-a-time.ts";
import type { ProvisioningStore } from "./provisioning.store.ts";
import { isOneTimeRefusal } from "./steps/one-time-password.ts";

interface LaneDeps extends CourseDeps {
  readonly audit: Audit;
  readonly work: Pick<Work, "send">;
  readonly turns: OneAtATime;
  readonly attempts: Attempts;
  readonly gate: Gate;
}

interface Payload {
  readonly uuid: string;
}

/**
 * Devices at once. Chosen: provisioning waits for firmware most of the time; more only makes the server's own work queue up. What does
 * not answer costs nothing but a socket.
 */
const concurrency = { fast: 16, slow: 32 } as const satisfies Readonly<Record<EntryLane, number>>;
/** How long a device may take to shake hands. Chosen: a healthy one takes well under a second, one that makes its first certificate longer. */
const handshakeLimitsMs = { fast: 10_000, slow: 20_000 } as const satisfies Readonly<Record<EntryLane, number>>;
/** All steps together, each at its slowest. */
const leaseSeconds = 15 * 60;

/**
 * One item brings one device all the way. Idempotent: each step looks before it does anything, and what opens the device is
 * found anew at each meeting.
 */
export function provisioningLane(deps: LaneDeps, store: ProvisioningStore, lane: EntryLane): LaneOptions<Payload> {
  return {
    concurrency: concurrency[lane],
    leaseSeconds,
    // A handler puts a failed device into the slow lane by itself; these are for a database that fails, and for processes that die.
    retry: { limit: 20, firstDelaySeconds: 2, maxDelaySeconds: 60 },
    isUnique: true,
    ...(lane === "slow" ? { yieldsTo: laneNames.fast } : {}),
    handle: (item, signal) => deps.turns.run(item.payload.uuid, () => handle(deps, store, lane, item, signal)),
    onExhausted: ({ payload }, error) =>
      deps.postgres.transaction((tx) => giveUp(tx, deps, store, { uuid: payload.uuid, step: null, error })),
  };
}

async function handle(
  deps: LaneDeps,
  store: ProvisioningStore,
  lane: EntryLane,
  item: WorkItem<Payload>,
  signal: AbortSignal,
): Promise<void> {
  const { uuid } = item.payload;
  const entry = await store.get(uuid);
  // One that waited in the slow lane is done, or given up, when the device has asked anew in between.
  if (entry === undefined || entry.state === "done" || entry.state === "failed") return;
  // A site was made for it while its item waited: it gets another when the site has room.
  if (entry.state === "waiting" && !entry.isAdmitted) return;
  let attempt: OpenAttempt | undefined;
  try {
    const begun = (attempt = await begin(deps, store, { ...entry, lane }));
    const { facts, names } = await provision(
      { ...deps, trail: begun.trail },
      { entry, signal, handshakeMs: handshakeLimitsMs[lane] },
    );
    // The item ends with the entry: a hello that comes in between would find the entry done and its key still taken.
    await deps.postgres.transaction(async (tx) => {
      await deps.devices.noteFacts(tx, uuid, facts);
      const isAsDecided = await deps.assignments.noteWritten(tx, uuid, names);
      if (!isAsDecided) await deps.work.send(maintenanceLane, { uuid }, { tx, key: uuid });
      await finish(tx, deps, store, uuid);
      await deps.attempts.end(tx, begun, "done", null);
      await deps.gate.leave(tx, uuid, undefined);
      await item.done(tx);
    });
  } catch (error) {
    // The server is stopping: nothing is wrong with the device.
    if (signal.aborted && reportOf(error).code === "work.stopped") throw error;
    // It was retired while it was on its way: its entry is gone, and nothing of it is to be written down.
    if ((await deps.devices.lookUp(uuid))?.state === "retired") return deps.attempts.forget(attempt);
    const pauseSeconds = isFinal(error) ? undefined : pauseAfter(entry.attempts + 1);
    // The item ends with what comes of it: a next one in the slow lane, or nothing.
    await deps.postgres.transaction(async (tx) => {
      await item.done(tx);
      const outcome = pauseSeconds === undefined ? "failed" : "postponed";
      if (attempt !== undefined) await deps.attempts.end(tx, attempt, outcome, reportOf(error));
      const step = attempt?.trail.step ?? entry.step;
      if (pauseSeconds === undefined) await giveUp(tx, deps, store, { uuid, step, error });
      else await postpone(tx, deps, store, { uuid, step, error, pauseSeconds });
      await deps.gate.leave(tx, uuid, pauseSeconds);
    });
  }
}

/** How a try ended that did not bring the device to provisioned. */
interface Ended {
  readonly uuid: string;
  /** The step that failed; null before the first. */
  readonly step: string | null;
  readonly error: unknown;
}

/** A device that is ours already stays so while it is looked after. */
async function isOurs({ devices }: LaneDeps, uuid: string): Promise<boolean> {
  return (await devices.get(uuid)).state === "provisioned";
}

async function begin(deps: LaneDeps, store: ProvisioningStore, entry: Entry): Promise<OpenAttempt> {
  const { uuid, error } = entry;
  const wasOurs = await isOurs(deps, uuid);
  return deps.postgres.transaction(async (tx) => {
    await store.begin(tx, uuid, new Date(deps.clock.now()));
    const attempt = await deps.attempts.begin(tx, entry);
    // The last try's error stays in sight until there is something better to say.
    if (!wasOurs)
      await deps.devices.setState(tx, uuid, { state: "provisioning", ...(error === null ? {} : { error }) });
    return attempt;
  });
}

async function finish(
  tx: Tx,
  { devices, credentials, audit, clock }: LaneDeps,
  store: ProvisioningStore,
  uuid: string,
): Promise<void> {
  await store.done(tx, uuid, new Date(clock.now()));
  await credentials.oneTime.used(tx, uuid);
  await devices.provisioned(tx, uuid);
  await audit.write(tx, { actor: "vigil", action: "device.provisioned", device: uuid, summary: "Provisioned" });
}

async function postpone(
  tx: Tx,
  { devices, clock }: LaneDeps,
  store: ProvisioningStore,
  { uuid, step, error: cause, pauseSeconds }: Ended & { readonly pauseSeconds: number },
): Promise<void> {
  const error = reportOf(cause);
  const wasOurs = (await devices.get(uuid, tx)).state === "provisioned";
  const at = new Date(clock.now());
  await store.postpone(tx, uuid, { error, step, at, nextTryAt: new Date(clock.now() + pauseSeconds * 1000) });
  const where = step === null ? {} : { step };
  if (!wasOurs) await devices.setState(tx, uuid, { state: "provisioning", error, ...where });
}

async function giveUp(
  tx: Tx,
  { devices, audit, clock }: LaneDeps,
  store: ProvisioningStore,
  { uuid, step, error: cause }: Ended,
): Promise<void> {
  const error = reportOf(cause);
  // A hello that contradicts a device that answers says nothing about that device.
  const isAboutDevice = error.code !== "provisioning.hello.contradicted";
  await store.fail(tx, uuid, { error, step, at: new Date(clock.now()) });
  const at = step === null ? {} : { step };
  const state = error.code === "provisioning.device.foreign" ? "foreign" : "failed";
  if (isAboutDevice) await devices.setState(tx, uuid, { state, error, ...at });
  const summary = `Provisioning failed: ${error.message}`;
  const details = { code: error.code, ...at };
  // Somebody may be posing as the device: whoever watches the trail finds it under a name of its own.
  const action = isOneTimeRefusal(cause) ? "provisioning.otp.refused" : "provisioning.failed";
  await audit.write(tx, { actor: "vigil", action, device: uuid, summary, details });
}
