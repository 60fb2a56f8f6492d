import { AMT_EthernetPortSettings } from "@vigil/model/amt/AMT_EthernetPortSettings.ts";
import type { Instance } from "@vigil/model/define.ts";
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
}

export interface StaticAddress {
  readonly address: string;
  readonly netmask: string;
  readonly gateway?: string;
  readonly primaryDns?: string;
  readonly secondaryDns?: string;
}

type Settings = Instance<typeof AMT_EthernetPortSettings>;

const wired = { InstanceID: "Intel(r) AMT Ethernet Port Settings 0" };

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
  async useDhcp(options: CallOptions = {}): Promise<NetworkPort> {
    const changes = {
      DHCPEnabled: true,
      IpSyncEnabled: true,
      SharedStaticIp: false,
      // Firmware refuses addresses beside DHCP.
      IPAddress: undefined,
      SubnetMask: undefined,
      DefaultGateway: undefined,
      PrimaryDNS: undefined,
      SecondaryDNS: undefined,
    };
    return portOf(await this.#wsman.put(AMT_EthernetPortSettings, changes, wired, options));
  }

  /** Gives the wired port an address of its own. */
  async useStatic(to: StaticAddress, options: CallOptions = {}): Promise<NetworkPort> {
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
    return portOf(await this.#wsman.put(AMT_EthernetPortSettings, changes, wired, options));
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
  };
}
