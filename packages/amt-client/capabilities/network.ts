import { AMT_8021XProfile } from "@vigil/model/amt/AMT_8021XProfile.ts";
import { AMT_8021xCredentialContext } from "@vigil/model/amt/AMT_8021xCredentialContext.ts";
import { AMT_EthernetPortSettings } from "@vigil/model/amt/AMT_EthernetPortSettings.ts";
import type { Changes, Instance } from "@vigil/model/define.ts";
import { exists } from "@vigil/model/firmware.ts";
import { IPS_8021xCredentialContext } from "@vigil/model/ips/IPS_8021xCredentialContext.ts";
import { IPS_HTTPProxyAccessPoint } from "@vigil/model/ips/IPS_HTTPProxyAccessPoint.ts";
import { IPS_HTTPProxyService } from "@vigil/model/ips/IPS_HTTPProxyService.ts";
import { IPS_IEEE8021xSettings } from "@vigil/model/ips/IPS_IEEE8021xSettings.ts";
import { certificateAt, ieee8021xOf, ieee8021xValues, type Ieee8021x } from "../ieee8021x.ts";
import { formatOf } from "../ports.ts";
import { refusal, refusalOf } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

/** One network port of the firmware. */
export interface NetworkPort {
  readonly kind: "wired" | "wireless";
  readonly mac: string;
  readonly isLinkUp: boolean;
  readonly usesDhcp: boolean;
  /** True when it has the host's own static address. */
  readonly sharesStaticAddress: boolean;
  /** Empty when unknown, as all below. */
  readonly address: string;
  readonly netmask: string;
  readonly gateway: string;
  readonly dnsServers: readonly string[];
  /** 0 for none. */
  readonly vlan: number;
  readonly linkStates: readonly LinkState[];
}

export interface StaticAddress {
  readonly address: string;
  readonly netmask: string;
  readonly gateway?: string;
  readonly primaryDns?: string;
  readonly secondaryDns?: string;
}

type Settings = Instance<typeof AMT_EthernetPortSettings>;

/** A state of the machine in which a port can be the firmware's. @source protocols B.6 "LinkPolicy" */
export type LinkState = keyof typeof linkPolicies;

export interface Proxy {
  readonly host: string;
  readonly port: number;
  /** The DNS suffix of the network in which it is. */
  readonly networkDomain: string;
}

const linkPolicies = { onMains: 1, sleepingOnMains: 14, onBattery: 16, sleepingOnBattery: 224 } as const;
const wired = { InstanceID: "Intel(r) AMT Ethernet Port Settings 0" };
const wireless = { InstanceID: "Intel(r) AMT Ethernet Port Settings 1" };
const noAddress = {
  IPAddress: undefined,
  SubnetMask: undefined,
  DefaultGateway: undefined,
  PrimaryDNS: undefined,
  SecondaryDNS: undefined,
};

/** The firmware's own addresses. @source protocols B.6 */
export class Network {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  async ports(options: CallOptions = {}): Promise<NetworkPort[]> {
    return (await this.#wsman.enumerate(AMT_EthernetPortSettings, options)).map(portOf);
  }

  /** Has the wired port follow the host: its address comes by DHCP, or is the host's. */
  useDhcp(options: CallOptions = {}): Promise<NetworkPort> {
    const changes = {
      DHCPEnabled: true,
      IpSyncEnabled: true,
      SharedStaticIp: false,
      // Firmware refuses addresses beside DHCP.
      ...noAddress,
    };
    return this.#put(changes, wired, options);
  }

  /** Gives the wired port an address of its own. @throws amt.network.refused (device); so do all that change something */
  useStatic(to: StaticAddress, options: CallOptions = {}): Promise<NetworkPort> {
    const changes = {
      DHCPEnabled: false,
      IpSyncEnabled: false,
      SharedStaticIp: false,
      IPAddress: to.address,
      SubnetMask: to.netmask,
      DefaultGateway: to.gateway,
      PrimaryDNS: to.primaryDns,
      SecondaryDNS: to.secondaryDns,
    };
    return this.#put(changes, wired, options);
  }

  /** Has the wired port use the host's own static address. */
  useHostsAddress(options: CallOptions = {}): Promise<NetworkPort> {
    return this.#put({ ...noAddress, DHCPEnabled: false, IpSyncEnabled: true, SharedStaticIp: true }, wired, options);
  }

  /** @param tag 1 to 4094; 0 takes the port out of its VLAN */
  setVlan(tag: number, options: CallOptions = {}): Promise<NetworkPort> {
    return this.#put({ VLANTag: tag }, wired, options);
  }

  /** In which states of the machine a port is the firmware's: those that are given, and no others. */
  setLinkPolicy(
    kind: NetworkPort["kind"],
    states: readonly LinkState[],
    options: CallOptions = {},
  ): Promise<NetworkPort> {
    const changes = { LinkPolicy: states.map((one) => linkPolicies[one]) };
    return this.#put(changes, kind === "wired" ? wired : wireless, options);
  }

  /** Who has the wireless port: the firmware, or the host. @param seconds after which it falls back */
  async preferLink(to: "firmware" | "host", seconds: number, options: CallOptions = {}): Promise<void> {
    const method = "SetLinkPreference";
    const input = { LinkPreference: to === "firmware" ? "me" : "host", Timeout: seconds } as const;
    const call = { ...options, selectors: wireless };
    const { ReturnValue } = await this.#wsman.invoke(AMT_EthernetPortSettings, method, input, call);
    if (ReturnValue !== 0) throw this.#refusal(method, ReturnValue);
  }

  /** What guards the wired network; undefined while it is off. The password is never shown. */
  async wired8021x(options: CallOptions = {}): Promise<Ieee8021x | undefined> {
    if (await this.#hasOldProfile(options)) {
      const profile = await this.#wsman.get(AMT_8021XProfile, undefined, options);
      return profile.Enabled === true ? ieee8021xOf(profile) : undefined;
    }
    const settings = await this.#wsman.get(IPS_IEEE8021xSettings, undefined, options);
    return settings.Enabled === "enabled" ? ieee8021xOf(settings) : undefined;
  }

  /** Which certificates of the device's store wired 802.1X uses: its own, and the root of the server's. */
  async wired8021xCertificates(options: CallOptions = {}): Promise<string[]> {
    const ties = (await this.#hasOldProfile(options))
      ? await this.#wsman.enumerate(AMT_8021xCredentialContext, options)
      : await this.#wsman.enumerate(IPS_8021xCredentialContext, options);
    return ties.map(({ ElementInContext }) => String(ElementInContext.selectors["InstanceID"] ?? ""));
  }

  /** Has the firmware prove itself to the wired network. @param settings.pxeSeconds how long the host may boot from the network meanwhile */
  async setWired8021x(
    settings: Ieee8021x & { readonly isUsedWhileOn?: boolean; readonly pxeSeconds?: number },
    options: CallOptions = {},
  ): Promise<void> {
    const { certificateId, rootId, isUsedWhileOn = true, pxeSeconds = 120 } = settings;
    const values = { ...ieee8021xValues(settings), PxeTimeout: pxeSeconds };
    const client = certificateId === undefined ? undefined : certificateAt(certificateId);
    const root = rootId === undefined ? undefined : certificateAt(rootId);
    if (await this.#hasOldProfile(options)) {
      const own = {
        Enabled: true,
        ActiveInS0: isUsedWhileOn,
        ClientCertificate: client,
        ServerCertificateIssuer: root,
      };
      await this.#told(this.#wsman.put(AMT_8021XProfile, { ...values, ...own }, undefined, options));
      return;
    }
    const own = { Enabled: "enabled", AvailableInS0: isUsedWhileOn } as const;
    await this.#told(this.#wsman.put(IPS_IEEE8021xSettings, { ...values, ...own }, undefined, options));
    if (client === undefined && root === undefined) return;
    const method = "SetCertificates";
    const input = {
      ...(root === undefined ? {} : { ServerCertificateIssuer: root }),
      ...(client === undefined ? {} : { ClientCertificate: client }),
    };
    const { ReturnValue } = await this.#wsman.invoke(IPS_IEEE8021xSettings, method, input, options);
    if (ReturnValue !== 0) throw this.#refusal(method, ReturnValue);
  }

  async clearWired8021x(options: CallOptions = {}): Promise<void> {
    const isOld = await this.#hasOldProfile(options);
    if (isOld) await this.#told(this.#wsman.put(AMT_8021XProfile, { Enabled: false }, undefined, options));
    else await this.#told(this.#wsman.put(IPS_IEEE8021xSettings, { Enabled: "disabled" }, undefined, options));
  }

  /** Proxies through which the firmware reaches what is outside. @throws amt.release.lacking (device) before AMT 15; so do the next two */
  async proxies(options: CallOptions = {}): Promise<(Proxy & { readonly name: string })[]> {
    const all = await this.#wsman.enumerate(IPS_HTTPProxyAccessPoint, options);
    return all.map((one) => ({
      name: one.Name,
      host: one.AccessInfo ?? "",
      port: one.Port ?? 0,
      networkDomain: one.NetworkDnsSuffix ?? "",
    }));
  }

  async addProxy({ host, port, networkDomain }: Proxy, options: CallOptions = {}): Promise<void> {
    const method = "AddProxyAccessPoint";
    const input = { AccessInfo: host, InfoFormat: formatOf(host), Port: port, NetworkDnsSuffix: networkDomain };
    const { ReturnValue } = await this.#wsman.invoke(IPS_HTTPProxyService, method, input, options);
    if (ReturnValue !== 0) throw this.#refusal(method, ReturnValue);
  }

  /** @param name from proxies() */
  async removeProxy(name: string, options: CallOptions = {}): Promise<void> {
    await this.#told(this.#wsman.delete(IPS_HTTPProxyAccessPoint, { Name: name }, options));
  }

  /** Firmware before 11 has a profile of another class. It is asked what it is when it has not said so yet. */
  async #hasOldProfile(options: CallOptions): Promise<boolean> {
    const { connection } = this.#wsman;
    if (connection.release === undefined) await this.ports(options);
    return connection.release !== undefined && !exists(IPS_IEEE8021xSettings, connection.release);
  }

  async #put(
    changes: Changes<typeof AMT_EthernetPortSettings>,
    selectors: typeof wired | typeof wireless,
    options: CallOptions,
  ): Promise<NetworkPort> {
    return portOf(await this.#told(this.#wsman.put(AMT_EthernetPortSettings, changes, selectors, options)));
  }

  async #told<T>(change: Promise<T>): Promise<T> {
    try {
      return await change;
    } catch (cause) {
      throw refusalOf("amt.network.refused", cause);
    }
  }

  #refusal(method: string, returnValue: number): Error {
    const { details } = this.#wsman.connection;
    return refusal("amt.network.refused", { family: "amt", method, returnValue, details });
  }
}

function portOf(from: Settings): NetworkPort {
  return {
    kind: from.InstanceID === wired.InstanceID ? "wired" : "wireless",
    mac: from.MACAddress ?? "",
    isLinkUp: from.LinkIsUp ?? false,
    usesDhcp: from.DHCPEnabled ?? false,
    sharesStaticAddress: from.SharedStaticIp ?? false,
    address: from.IPAddress ?? "",
    netmask: from.SubnetMask ?? "",
    gateway: from.DefaultGateway ?? "",
    dnsServers: [from.PrimaryDNS, from.SecondaryDNS].flatMap((one) => (one === undefined || one === "" ? [] : [one])),
    vlan: from.VLANTag ?? 0,
    // The table's own keys.
    linkStates: (Object.keys(linkPolicies) as LinkState[]).filter((one) =>
      from.LinkPolicy?.includes(linkPolicies[one]),
    ),
  };
}
