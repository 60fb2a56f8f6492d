import type { AmtDevice } from "@vigil/amt-client/device.ts";
import type { Ieee8021x } from "@vigil/amt-client/ieee8021x.ts";
import type { DeviceNetwork, NetworkGuard, NetworkPart } from "@vigil/api/resources/device-network.ts";
import { Parts } from "./lacking.ts";

/** How the device is on the network: some thirty requests, one after the other. */
export async function readNetwork(device: AmtDevice): Promise<DeviceNetwork> {
  const parts = new Parts<NetworkPart>();
  const { hostName, domainName } = await device.general.read();
  const ports = await device.network.ports();
  const wifi = await parts.read("wifi", () => readWifi(device));
  const wired8021x = await parts.read("wired8021x", () => readWired8021x(device));
  const proxies = await parts.read("proxies", () => device.network.proxies());
  const remoteAccess = await parts.read("remoteAccess", () => readRemoteAccess(device));
  const defense = await parts.read("defense", () => readDefense(device));
  return {
    hostName,
    domainName,
    ports: ports.map((one) => ({ ...one, dnsServers: [...one.dnsServers], linkStates: [...one.linkStates] })),
    wifi: wifi ?? null,
    wired8021x: wired8021x ?? null,
    proxies: (proxies ?? []).map(({ host, port, networkDomain }) => ({ host, port, networkDomain })),
    remoteAccess: remoteAccess ?? null,
    defense: defense ?? null,
    lacks: parts.lacks,
  };
}

/** null when the machine has no wireless port. */
async function readWifi({ wifi }: AmtDevice): Promise<DeviceNetwork["wifi"]> {
  const port = await wifi.portState();
  if (port === undefined) return null;
  const profiles = await wifi.profiles();
  const guards = await wifi.guards();
  const { hostProfiles, sharesWithBios } = await wifi.sharing();
  return {
    port: String(port),
    profiles: profiles.map(({ authentication, encryption, ...rest }) => {
      const guard = guards.get(rest.name);
      return {
        ...rest,
        authentication: String(authentication),
        encryption: String(encryption),
        guard: guard === undefined ? null : guardOf(guard.settings, guard.certificateIds),
      };
    }),
    hostProfiles: String(hostProfiles),
    sharesWithBios: sharesWithBios ?? null,
  };
}

/** null while it is off. */
async function readWired8021x({ network }: AmtDevice): Promise<NetworkGuard | null> {
  const settings = await network.wired8021x();
  return settings === undefined ? null : guardOf(settings, await network.wired8021xCertificates());
}

function guardOf(settings: Ieee8021x | undefined, certificateIds: readonly string[]): NetworkGuard {
  return {
    protocol: settings?.protocol ?? "",
    username: settings?.username ?? "",
    domain: settings?.domain ?? "",
    roamingIdentity: settings?.roamingIdentity ?? "",
    serverName: settings?.serverName ?? "",
    matchesNameBySuffix: settings?.matchesNameBySuffix ?? false,
    certificateIds: [...certificateIds],
  };
}

async function readRemoteAccess({ remoteAccess }: AmtDevice): Promise<NonNullable<DeviceNetwork["remoteAccess"]>> {
  const homeDomains = await remoteAccess.homeDomains();
  const servers = await remoteAccess.servers();
  const usernames = servers.length === 0 ? new Map<string, string>() : await remoteAccess.usernames();
  const policies = await remoteAccess.policies();
  const isConnected = await remoteAccess.isConnected();
  const userCalls = await remoteAccess.userCalls();
  return {
    homeDomains: [...homeDomains],
    isConnected: isConnected ?? null,
    userCalls: String(userCalls),
    servers: servers.map(({ name, host, port, certificateName }) => {
      return { name, host, port, certificateName, username: usernames.get(name) ?? null };
    }),
    policies: policies.map(({ name, trigger, lifetimeSeconds, schedule, servers: called }) => ({
      name,
      trigger: String(trigger),
      lifetimeSeconds,
      everySeconds: schedule !== undefined && "everySeconds" in schedule ? schedule.everySeconds : null,
      dailyAt: schedule !== undefined && "dailyAt" in schedule ? timeOf(schedule.dailyAt) : null,
      servers: [...called],
    })),
  };
}

function timeOf({ hour, minute }: { readonly hour: number; readonly minute: number }): string {
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

/** What the filters of the policy in force have matched is asked for, and counting goes on. */
async function readDefense({ systemDefense }: AmtDevice): Promise<NonNullable<DeviceNetwork["defense"]>> {
  const limits = await systemDefense.limits();
  const filters = await systemDefense.filters();
  const policies = await systemDefense.policies();
  const inForce = await systemDefense.enforced();
  const isInForce = (id: unknown): boolean => inForce !== undefined && inForce.selectors["InstanceID"] === id;
  const matched = inForce === undefined ? [] : await systemDefense.statistics(inForce);
  const shown: NonNullable<DeviceNetwork["defense"]>["policies"] = [];
  for (const { reference, filterHandles, ...policy } of policies) {
    shown.push({
      ...policy,
      filterHandles: [...filterHandles],
      isInForce: isInForce(reference.selectors["InstanceID"]),
      minutesInForce: await systemDefense.minutesInForce(reference),
    });
  }
  return {
    mostPolicies: limits.policies,
    mostFilters: limits.filters,
    filters: filters.map(({ packetsPerSecond, ...filter }) => {
      const its = matched.find(({ handle }) => handle === filter.handle);
      return {
        ...filter,
        packetsPerSecond: packetsPerSecond ?? null,
        matched:
          its === undefined
            ? null
            : { packets: its.packets, hasMatched: its.hasMatched, since: its.since?.toISOString() ?? null },
      };
    }),
    policies: shown,
  };
}
