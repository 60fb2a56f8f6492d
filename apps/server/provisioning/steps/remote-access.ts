import type { RemoteAccessPolicy, StoredServer } from "@vigil/amt-client/capabilities/remote-access.ts";
import type { AmtDevice } from "@vigil/amt-client/device.ts";
import type { Profile } from "../../profiles/profiles.ts";
import {
  difference,
  differs,
  isNewer,
  unlessLacking,
  usualLimitMs,
  type Difference,
  type Site,
  type Step,
} from "./step.ts";

type Wanted = Profile["remoteAccess"];
type Server = Wanted["servers"][number];
type Policy = Wanted["policies"][number];

/** What the device has. */
interface Found {
  readonly servers: readonly StoredServer[];
  readonly policies: readonly RemoteAccessPolicy[];
}

/**
 * Servers that the device calls from outside, and when it calls them.
 *
 * A policy names its servers, and firmware lets no server go that a policy names: so policies are taken away before servers, and come last.
 * Where a crash may fall: whatever is not there yet is found missing at the next meeting; until then the device calls nobody from outside.
 */
export const remoteAccess: Step = {
  name: "remote-access",
  needs: ["identify", "trusted-roots"],
  limitMs: 2 * usualLimitMs,
  kind: "setting",
  async compare(device, { remoteAccess: wanted }, site) {
    const found = await read(device, wanted, site);
    const users = wanted.servers.length === 0 ? new Map() : await device.remoteAccess.usernames(site.calls);
    const all: Difference[] = [];
    for (const { host } of found.servers) {
      if (!wanted.servers.some((one) => one.host === host))
        all.push(...difference(serverSetting(host), "there", "none"));
    }
    for (const server of wanted.servers) {
      const own = found.servers.find(({ host }) => host === server.host);
      all.push(...(await compareServer(site, server, own, users.get(own?.name ?? "") ?? "")));
    }
    const most = await mostServers(device, wanted, site);
    for (const { trigger } of found.policies) {
      if (!wanted.policies.some((one) => one.trigger === trigger)) {
        all.push(...difference(policySetting(trigger), "there", "none"));
      }
    }
    for (const policy of wanted.policies) all.push(...comparePolicy(policy, wanted.servers.slice(0, most), found));
    return all;
  },
  async apply(device, { remoteAccess: wanted }, site, differences) {
    const { calls } = site;
    const found = await read(device, wanted, site);
    const isServerTouched = ({ host }: { readonly host: string }): boolean => differs(differences, serverSetting(host));
    const touchesServers = [...found.servers, ...wanted.servers].some(isServerTouched);
    const isPolicyTouched = ({ trigger }: { readonly trigger: Policy["trigger"] | string | number }): boolean =>
      touchesServers || differs(differences, policySetting(trigger));
    for (const policy of found.policies.filter(isPolicyTouched)) {
      await device.remoteAccess.removePolicy(policy.name, calls);
    }
    for (const server of found.servers.filter(isServerTouched))
      await device.remoteAccess.removeServer(server.name, calls);
    const references = new Map(found.servers.map(({ host, reference }) => [host, reference]));
    for (const server of wanted.servers.filter(isServerTouched)) {
      const { host, port, certificateName, username } = server;
      const password = (await site.secret(secretOf(server))).value.open("set on the device");
      const reference = await device.remoteAccess.addServer({ host, port, certificateName, username, password }, calls);
      references.set(host, reference);
    }
    const most = await mostServers(device, wanted, site);
    const called = wanted.servers.slice(0, most).flatMap(({ host }) => references.get(host) ?? []);
    for (const policy of wanted.policies.filter(isPolicyTouched)) {
      const { trigger, lifetimeSeconds, everySeconds } = policy;
      const schedule = trigger === "periodic" ? { schedule: { everySeconds } } : {};
      await device.remoteAccess.addPolicy({ trigger, lifetimeSeconds, ...schedule, servers: called }, calls);
    }
  },
};

/** Without servers there are no policies: most devices are asked for nothing more. */
async function read(device: AmtDevice, wanted: Wanted, { calls }: Site): Promise<Found> {
  const servers = (await unlessLacking(() => device.remoteAccess.servers(calls))) ?? [];
  if (servers.length === 0 && wanted.servers.length === 0) return { servers, policies: [] };
  return { servers, policies: await device.remoteAccess.policies(calls) };
}

async function compareServer(
  site: Site,
  wanted: Server,
  found: StoredServer | undefined,
  username: string,
): Promise<readonly Difference[]> {
  const setting = serverSetting(wanted.host);
  if (found === undefined) return difference(setting, "none", `port ${wanted.port}`);
  return [
    ...difference(`${setting}.port`, found.port, wanted.port),
    ...difference(`${setting}.certificateName`, found.certificateName, wanted.certificateName),
    ...difference(`${setting}.username`, username, wanted.username),
    ...((await isNewer(site, secretOf(wanted)))
      ? difference(`${setting}.password`, "an older one", "the newest one")
      : []),
  ];
}

function comparePolicy(wanted: Policy, called: readonly Server[], { policies, servers }: Found): readonly Difference[] {
  const setting = policySetting(wanted.trigger);
  const found = policies.find(({ trigger }) => trigger === wanted.trigger);
  const hosts = called.map(({ host }) => host);
  if (found === undefined) return difference(setting, "none", hosts.join(", "));
  const every = found.schedule !== undefined && "everySeconds" in found.schedule ? found.schedule.everySeconds : 0;
  const calledNow = found.servers.map((name) => servers.find((one) => one.name === name)?.host ?? name);
  return [
    ...difference(`${setting}.lifetimeSeconds`, found.lifetimeSeconds, wanted.lifetimeSeconds),
    ...(wanted.trigger === "periodic" ? difference(`${setting}.everySeconds`, every, wanted.everySeconds) : []),
    ...difference(`${setting}.servers`, calledNow.join(", "), hosts.join(", ")),
  ];
}

/** How many servers one policy may call: asked only where it matters. */
async function mostServers(device: AmtDevice, { servers, policies }: Wanted, { calls }: Site): Promise<number> {
  if (servers.length <= 1 || policies.length === 0) return servers.length;
  const { serversPerPolicy } = await device.remoteAccess.limits(calls);
  return serversPerPolicy === 0 ? servers.length : serversPerPolicy;
}

function secretOf({ host }: Server): string {
  return `server/${host}`;
}

function serverSetting(host: string): string {
  return `remoteAccess.servers[${host}]`;
}

function policySetting(trigger: string | number): string {
  return `remoteAccess.policies[${trigger}]`;
}
