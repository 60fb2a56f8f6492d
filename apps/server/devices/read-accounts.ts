import type { AmtDevice } from "@vigil/amt-client/device.ts";
import type { StoredAccounts } from "@vigil/api/resources/device-accounts.ts";

/** Who may log in; no password is ever told. */
export async function readAccounts({ accounts }: AmtDevice): Promise<StoredAccounts> {
  const admin = await accounts.admin();
  const all = await accounts.list();
  return {
    admin: { ...admin },
    items: all.map(({ realms, from, ...rest }) => ({ ...rest, realms: realms.map(String), from: String(from) })),
  };
}
