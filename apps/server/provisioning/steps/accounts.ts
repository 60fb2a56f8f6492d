import { realmPresets, type Account, type Realm } from "@vigil/amt-client/capabilities/accounts.ts";
import type { AmtDevice } from "@vigil/amt-client/device.ts";
import { accountSecret } from "../../credentials/credentials.ts";
import type { Profile } from "../../profiles/profiles.ts";
import { difference, differs, usualLimitMs, type Difference, type Site, type Step } from "./step.ts";

type Wanted = Profile["accounts"][number];

/**
 * Who may log in besides the admin. An account that the profile does not name is taken away; the admin is never listed, and the firmware's own
 * accounts are left alone. What an auditor's account does to the audit log stands in audit-log.ts, whose steps therefore come first.
 *
 * A digest user's password is random for each device and written ahead, like the admin's (admin-password.ts): it is pending before the device is
 * told, and applied once it said yes. It cannot be tried, since such an account may be allowed to ask for next to nothing: so while it is
 * pending the account counts as different, and the same password is set again.
 */
export const accounts: Step = {
  name: "accounts",
  needs: ["identify", "admin-password", "audit-log", "audit-events"],
  limitMs: 2 * usualLimitMs,
  kind: "setting",
  async compare(device, { accounts: wanted }, site) {
    const found = await othersOn(device, site);
    const all: Difference[] = found
      .filter((one) => !wanted.some((its) => isOf(its, one)))
      .flatMap((one) => difference(settingOf(one.name), describe(one.realms, one.from), "none"));
    for (const one of wanted) {
      all.push(
        ...(await compareOne(
          site,
          one,
          found.find((its) => isOf(one, its)),
        )),
      );
    }
    return all;
  },
  async apply(device, { accounts: wanted }, site, differences) {
    const { calls } = site;
    const found = await othersOn(device, site);
    // What goes makes room for what comes.
    for (const one of found) {
      if (wanted.some((its) => isOf(its, one))) continue;
      await device.accounts.remove(one.handle, calls);
      if (one.kind === "digest") await forget(site, one.name);
    }
    for (const one of wanted) {
      if (!differs(differences, settingOf(idOf(one)))) continue;
      const own = found.find((its) => isOf(one, its));
      const handle =
        one.sid === null ? await setDigest(device, one, site, own) : await setKerberos(device, one, site, own);
      if (own?.isEnabled === false) await device.accounts.switch(handle, true, calls);
    }
  },
};

async function othersOn(device: AmtDevice, { calls }: Site): Promise<readonly Account[]> {
  return (await device.accounts.list(calls)).filter(({ isFirmwares }) => !isFirmwares);
}

async function compareOne(site: Site, wanted: Wanted, found: Account | undefined): Promise<readonly Difference[]> {
  const setting = settingOf(idOf(wanted));
  const { realms, from } = rightsOf(wanted);
  if (found === undefined) return difference(setting, "none", describe(realms, from));
  const isKnown = wanted.sid !== null || (await hasPassword(site, wanted.name));
  return [
    ...difference(`${setting}.rights`, describe(found.realms, found.from), describe(realms, from)),
    ...difference(`${setting}.isEnabled`, found.isEnabled, true),
    ...(isKnown ? [] : difference(`${setting}.password`, "another", "Vigil's own")),
  ];
}

/** Whether the device has said that it took Vigil's password, and no other is on its way. */
async function hasPassword({ credentials, names }: Site, name: string): Promise<boolean> {
  const states = (await credentials.secretsOf(names.uuid, accountSecret(name))).map(({ state }) => state);
  return !states.includes("pending") && (states.includes("applied") || states.includes("confirmed"));
}

async function setDigest(device: AmtDevice, wanted: Wanted, site: Site, own: Account | undefined): Promise<number> {
  const { names, calls, credentials, transaction } = site;
  const { name } = wanted;
  const rights = rightsOf(wanted);
  if (own !== undefined && (await hasPassword(site, name))) {
    await device.accounts.update(own.handle, rights, calls);
    return own.handle;
  }
  const { secret } = await transaction((tx) => credentials.nextSecret(tx, names.uuid, accountSecret(name)));
  const password = secret.open("set on the device");
  if (own !== undefined) await device.accounts.update(own.handle, { ...rights, name, password }, calls);
  const handle = own?.handle ?? (await device.accounts.addDigest({ ...rights, name, password }, calls));
  await transaction((tx) => credentials.applied(tx, names.uuid, accountSecret(name)));
  return handle;
}

async function setKerberos(device: AmtDevice, wanted: Wanted, site: Site, own: Account | undefined): Promise<number> {
  const rights = rightsOf(wanted);
  if (own === undefined) return device.accounts.addKerberos({ ...rights, sid: idOf(wanted) }, site.calls);
  await device.accounts.update(own.handle, rights, site.calls);
  return own.handle;
}

async function forget({ names, credentials, transaction }: Site, name: string): Promise<void> {
  await transaction((tx) => credentials.forget(tx, names.uuid, accountSecret(name)));
}

function rightsOf({ rights, access }: Wanted): { readonly realms: readonly Realm[]; readonly from: Wanted["access"] } {
  const realms = new Set<Realm>(rights.flatMap((one): readonly Realm[] => realmPresets[one]));
  return { realms: [...realms], from: access };
}

/** What the device calls it: a name, or a security identifier. */
function idOf({ sid, name }: Wanted): string {
  return sid ?? name;
}

function isOf(wanted: Wanted, { kind, name }: Account): boolean {
  return kind === (wanted.sid === null ? "digest" : "kerberos") && name === idOf(wanted);
}

/** e.g. "any: generalInfo, remoteControl" */
function describe(realms: Account["realms"], from: Account["from"]): string {
  return `${from}: ${realms.map(String).toSorted().join(", ")}`;
}

function settingOf(id: string): string {
  return `accounts[${id}]`;
}
