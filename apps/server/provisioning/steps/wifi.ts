import type { WifiPortState, WifiProfile } from "@vigil/amt-client/capabilities/wifi.ts";
import type { Profile } from "../../profiles/profiles.ts";
import type { StoredGuard } from "@vigil/amt-client/ieee8021x.ts";
import { compareGuard, guardFor } from "./ieee8021x.ts";
import {
  difference,
  differs,
  isNewer,
  usualLimitMs,
  type Comparison,
  type Difference,
  type Site,
  type Step,
} from "./step.ts";

type Wanted = Profile["network"]["wifiProfiles"][number];

const portStates = { off: "disabled", on: "enabledInS0", always: "enabledInS0AndSx" } as const satisfies Readonly<
  Record<Profile["network"]["wifi"], WifiPortState>
>;

/** When the firmware uses the wireless port. A machine without one wants nothing. */
export const wifiPort: Step = {
  name: "wifi-port",
  needs: ["wifi-profiles"],
  limitMs: usualLimitMs,
  kind: "setting",
  compare(_device, { network }, { notes }) {
    const state = notes.wifiPort;
    return Promise.resolve(state === undefined ? [] : difference("network.wifi", state, portStates[network.wifi]));
  },
  async apply(device, { network }, { calls }) {
    await device.wifi.switchPort(portStates[network.wifi], calls);
  },
};

/** Whether the firmware takes over the networks that the users of the machine join. */
export const wifiSync: Step = {
  name: "wifi-sync",
  needs: ["wifi-profiles"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, { network }, { calls, notes }) {
    if (notes.wifiPort === undefined) return [];
    const { hostProfiles } = await device.wifi.sharing(calls);
    return difference("network.isWifiSyncOn", hostProfiles !== "disabled", network.isWifiSyncOn);
  },
  async apply(device, { network }, { calls }) {
    await device.wifi.setSharing({ hostProfiles: network.isWifiSyncOn ? "localUserProfiles" : "disabled" }, calls);
  },
};

/**
 * The wireless networks that the firmware may join, in order of preference. A passphrase is never read back: it counts as different when
 * it was set after the device was last brought to its profile.
 */
export const wifiProfiles: Step = {
  name: "wifi-profiles",
  needs: ["tls-certificate", "trusted-roots"],
  limitMs: 2 * usualLimitMs,
  kind: "setting",
  async compare(device, { network }, site) {
    site.notes.wifiPort = await device.wifi.portState(site.calls);
    if (site.notes.wifiPort === undefined) return [];
    const found = await device.wifi.profiles(site.calls);
    const wanted = network.wifiProfiles;
    const isGuarded = wanted.some(({ ieee8021x }) => ieee8021x !== null);
    const guards = isGuarded ? await device.wifi.guards(site.calls) : new Map<string, StoredGuard>();
    const extra = found.filter(({ name }) => wanted.every((one) => one.name !== name));
    const all: Difference[] = extra.map(({ name, ssid }) => ({
      setting: settingOf(name),
      found: ssid,
      wanted: "none",
    }));
    for (const [index, one] of wanted.entries()) {
      const own = found.find(({ name }) => name === one.name);
      all.push(...(await compareOne(site, one, index + 1, own)));
      if (own === undefined || one.ieee8021x === null) continue;
      const at = { setting: `${settingOf(one.name)}.ieee8021x`, name: one.name, wanted: one.ieee8021x };
      all.push(...(await compareGuard(site, at, guards.get(one.name))));
    }
    return all;
  },
  async apply(device, { network }, site, found) {
    for (const { name } of await device.wifi.profiles(site.calls)) {
      if (isTouched(found, name)) await device.wifi.remove(name, site.calls);
    }
    for (const [index, one] of network.wifiProfiles.entries()) {
      if (!isTouched(found, one.name)) continue;
      const passphrase = needsPassphrase(one) ? (await site.secret(`wifi/${one.name}`)).value : undefined;
      const { name, ssid, authentication, encryption } = one;
      const guard = one.ieee8021x === null ? {} : { ieee8021x: await guardFor(site, name, one.ieee8021x) };
      const whole = { name, ssid, authentication, encryption, priority: index + 1 };
      const secret = passphrase === undefined ? {} : { passphrase: passphrase.open("set on the device") };
      await device.wifi.add({ ...whole, ...secret, ...guard }, site.calls);
    }
  },
};

async function compareOne(
  site: Site,
  wanted: Wanted,
  priority: number,
  found: WifiProfile | undefined,
): Promise<readonly Difference[]> {
  const setting = settingOf(wanted.name);
  if (found === undefined) return [{ setting, found: "none", wanted: wanted.ssid }];
  const isNew = needsPassphrase(wanted) && (await isNewer(site, `wifi/${wanted.name}`));
  return [
    ...difference(`${setting}.ssid`, found.ssid, wanted.ssid),
    ...difference(`${setting}.priority`, found.priority, priority),
    ...difference(`${setting}.authentication`, found.authentication, wanted.authentication),
    ...difference(`${setting}.encryption`, found.encryption, wanted.encryption),
    ...(isNew ? difference(`${setting}.passphrase`, "an older one", "the newest one") : []),
  ];
}

function settingOf(name: string): string {
  return `network.wifiProfiles[${name}]`;
}

function isTouched(found: Comparison, name: string): boolean {
  return differs(found, settingOf(name));
}

function needsPassphrase({ authentication }: Wanted): boolean {
  return authentication.endsWith("Psk") || authentication.endsWith("Sae");
}
