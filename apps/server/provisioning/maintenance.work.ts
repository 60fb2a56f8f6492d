import { randomInt } from "node:crypto";
import { reportOf } from "@vigil/base/errors.ts";
import type { Log } from "@vigil/base/log.ts";
import type { LaneOptions, Work } from "@vigil/work/work.ts";
import type { CourseDeps } from "./course.ts";
import { dueBefore, keysBefore, maintain, passwordsBefore, spreadSeconds } from "./maintenance.ts";
import type { OneAtATime } from "./one-at-a-time.ts";

export const maintenanceLane = "maintenance";
/** Devices that one round takes up. Chosen: the next round, an hour later, takes the next ones. */
const mostPerRound = 2_000;
const leaseSeconds = 300;

interface Payload {
  readonly uuid: string;
}

/** One item looks after one device. Idempotent: each step compares before it writes. */
export function maintenanceItems(deps: CourseDeps & { readonly turns: OneAtATime }): LaneOptions<Payload> {
  return {
    concurrency: 4,
    leaseSeconds,
    // A name that was decided is waited for: a hiccup costs seconds. A machine may be off its network for days; the next round asks again.
    retry: { limit: 6, firstDelaySeconds: 5, maxDelaySeconds: 3_600 },
    isUnique: true,
    handle: ({ payload: { uuid }, done }, signal) => deps.turns.run(uuid, () => maintain(deps, uuid, { signal, done })),
  };
}

/**
 * Puts what is due into the queue: devices to look after, those first whose certificate is revoked or of a former authority, and passwords that
 * are older than their profile allows.
 */
export async function maintenanceRound(
  deps: CourseDeps & {
    readonly work: Work;
    readonly log: Log;
    readonly records: readonly { forgetOld(): Promise<void> }[];
  },
  rotateLater: (uuid: string, delaySeconds: number) => Promise<void>,
): Promise<void> {
  const { devices, work, log, clock } = deps;
  try {
    const former = await devices.securedAmong(await deps.credentials.issued.devicesDue(mostPerRound));
    const unattended = await devices.dueForMaintenance(dueBefore(clock.now()), mostPerRound);
    const due = [...new Set([...former, ...unattended, ...(await oldKeys(deps))])].slice(0, mostPerRound);
    const spread = spreadSeconds(due.length);
    for (const uuid of due) {
      await work.send(maintenanceLane, { uuid }, { key: uuid, delaySeconds: randomInt(spread + 1) });
    }
    const passwords = await oldPasswords(deps);
    for (const uuid of passwords) await rotateLater(uuid, randomInt(spreadSeconds(passwords.length) + 1));
    for (const one of deps.records) await one.forgetOld();
    if (due.length + passwords.length > 0)
      log.info("maintenance is due", { devices: due.length, passwords: passwords.length });
  } catch (error) {
    log.error("a round of maintenance failed; the next one is in an hour", { error, code: reportOf(error).code });
  }
}

/** Devices whose password is older than their profile allows. */
async function oldPasswords({ profiles, credentials, devices, clock }: CourseDeps): Promise<string[]> {
  const all: string[] = [];
  for (const { name, settings } of await profiles.list()) {
    const before = passwordsBefore(settings.adminPassword.rotateDays, clock.now());
    if (before === undefined) continue;
    const old = await credentials.passwordsMadeBefore(before);
    all.push(...(await devices.provisionedWith(name, old)).slice(0, mostPerRound));
  }
  return all;
}

/** Devices whose key in the directory is due for another. */
async function oldKeys({ profiles, kerberosKeys, devices, clock }: CourseDeps): Promise<string[]> {
  if (kerberosKeys === undefined) return [];
  const all: string[] = [];
  for (const { name, settings } of await profiles.list()) {
    const { isOn, realm, rotateDays } = settings.kerberos;
    if (!isOn) continue;
    const old = await kerberosKeys.passwordsSetBefore(realm, keysBefore(rotateDays, clock.now()));
    all.push(...(await devices.provisionedWith(name, old)));
  }
  return all;
}
