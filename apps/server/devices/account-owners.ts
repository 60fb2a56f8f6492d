import type {
  AccountOwner,
  DeviceAccounts,
  StoredAccount,
  StoredAccounts,
} from "@vigil/api/resources/device-accounts.ts";

/** An account that a profile names. */
export interface NamedAccount {
  readonly name: string;
  /** Of a Kerberos user or group; null: a digest user of that name. */
  readonly sid: string | null;
}

/** Whose the accounts of a device are. @param kept names of digest users whose password Vigil keeps for it */
export function withOwners(
  { admin, items }: StoredAccounts,
  named: readonly NamedAccount[],
  kept: ReadonlySet<string>,
): DeviceAccounts {
  return {
    admin,
    items: items.map((one) => {
      const its = named.find((wanted) => isOf(wanted, one));
      const label = one.kind === "kerberos" && its !== undefined ? its.name : null;
      return { ...one, owner: ownerOf(one, its, kept), label };
    }),
  };
}

function ownerOf(account: StoredAccount, named: NamedAccount | undefined, kept: ReadonlySet<string>): AccountOwner {
  if (account.isFirmwares) return "firmware";
  const isKept = account.kind === "digest" && kept.has(account.name);
  return named !== undefined || isKept ? "vigil" : "foreign";
}

function isOf({ sid, name }: NamedAccount, account: StoredAccount): boolean {
  return account.kind === (sid === null ? "digest" : "kerberos") && account.name === (sid ?? name);
}
