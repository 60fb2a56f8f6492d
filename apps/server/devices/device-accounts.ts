import type {
  DeviceAccount,
  DeviceAccounts,
  StoredAccount,
  StoredAccounts,
} from "@vigil/api/resources/device-accounts.ts";
import { reportOf } from "@vigil/base/errors.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import { accountSecret, type Credentials } from "../credentials/credentials.ts";
import { fail } from "../errors.ts";
import { withOwners, type NamedAccount } from "./account-owners.ts";
import type { Devices } from "./devices.ts";
import { readAccounts } from "./read-accounts.ts";
import type { Kept, Readings } from "./readings.ts";

export interface DeviceAccountsDeps {
  readonly readings: Readings;
  readonly devices: Devices;
  readonly credentials: Credentials;
  readonly audit: Audit;
  readonly postgres: Postgres;
  /** The accounts that a profile names; compose.ts brings it. @param profile null: the default one */
  readonly accountsIn: (profile: string | null) => Promise<readonly NamedAccount[]>;
}

/** Accounts as they were read, and whose each of them is as things now stand. */
export async function shownAccounts(
  deps: DeviceAccountsDeps,
  uuid: string,
  { readAt, body }: Kept<StoredAccounts>,
): Promise<{ readAt: string; accounts: DeviceAccounts }> {
  return { readAt, accounts: await judged(deps, uuid, body) };
}

/**
 * Takes a foreign account from the device. Which one it is, and that it is foreign, is asked of the device on the same connection. Written down
 * before the device is told and again when that has ended, so that whatever happens to the server somebody can see what may have been done.
 * @throws devices.account.changed, devices.account.not-foreign (caller), amt.account.refused (device) and as Devices.using
 */
export async function removeForeignAccount(
  deps: DeviceAccountsDeps,
  uuid: string,
  asked: { readonly handle: number; readonly name: string; readonly reason: string; readonly actor: string },
  signal: AbortSignal,
): Promise<{ readAt: string; accounts: DeviceAccounts }> {
  const { handle, name, reason, actor } = asked;
  const { audit, postgres } = deps;
  const note = (action: string, summary: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> => {
    const details = { name, handle, reason, ...more };
    return postgres.transaction((tx) => audit.write(tx, { actor, action, device: uuid, summary, details }));
  };
  const kept = await deps.readings.readAccounts(uuid, signal, async (device) => {
    const { items } = await judged(deps, uuid, await readAccounts(device));
    requireForeign(items, asked, uuid);
    await note("account.removing", `Removes the foreign account ${name}: ${reason}`);
    try {
      await device.accounts.remove(handle);
    } catch (error) {
      const { code, message } = reportOf(error);
      const isUnknown = code === "amt.outcome.unknown";
      const summary = isUnknown ? `Whether the account ${name} is gone is unknown` : `It kept ${name}: ${message}`;
      await note(isUnknown ? "account.unknown" : "account.failed", summary, { code });
      throw error;
    }
    await note("account.removed", `Removed the foreign account ${name}`);
  });
  return shownAccounts(deps, uuid, kept);
}

async function judged(deps: DeviceAccountsDeps, uuid: string, accounts: StoredAccounts): Promise<DeviceAccounts> {
  const { profile } = await deps.devices.get(uuid);
  const named = await deps.accountsIn(profile);
  return withOwners(accounts, named, await keptAmong(deps, uuid, accounts.items));
}

/** Digest users whose password Vigil keeps for the device. */
async function keptAmong(
  { credentials }: DeviceAccountsDeps,
  uuid: string,
  accounts: readonly StoredAccount[],
): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  for (const { kind, name } of accounts) {
    if (kind === "digest" && (await credentials.secretsOf(uuid, accountSecret(name))).length > 0) kept.add(name);
  }
  return kept;
}

function requireForeign(
  accounts: readonly DeviceAccount[],
  { handle, name }: { readonly handle: number; readonly name: string },
  device: string,
): void {
  const found = accounts.find((one) => one.handle === handle);
  const details = { device, handle, name };
  if (found?.name !== name) throw fail("devices.account.changed", { details });
  if (found.owner !== "foreign")
    throw fail("devices.account.not-foreign", { details: { ...details, owner: found.owner } });
}
