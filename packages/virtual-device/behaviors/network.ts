import { AMT_8021xCredentialContext } from "@vigil/model/amt/AMT_8021xCredentialContext.ts";
import { AMT_8021XProfile } from "@vigil/model/amt/AMT_8021XProfile.ts";
import { AMT_EthernetPortSettings } from "@vigil/model/amt/AMT_EthernetPortSettings.ts";
import { AMT_PublicKeyCertificate } from "@vigil/model/amt/AMT_PublicKeyCertificate.ts";
import { CIM_EthernetPort } from "@vigil/model/cim/CIM_EthernetPort.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { IPS_8021xCredentialContext } from "@vigil/model/ips/IPS_8021xCredentialContext.ts";
import { IPS_HostIPSettings } from "@vigil/model/ips/IPS_HostIPSettings.ts";
import { IPS_HTTPProxyAccessPoint } from "@vigil/model/ips/IPS_HTTPProxyAccessPoint.ts";
import { IPS_HTTPProxyService } from "@vigil/model/ips/IPS_HTTPProxyService.ts";
import { IPS_IEEE8021xSettings } from "@vigil/model/ips/IPS_IEEE8021xSettings.ts";
import { IPS_IPv6PortSettings } from "@vigil/model/ips/IPS_IPv6PortSettings.ts";
import { IPS_LANEndpoint } from "@vigil/model/ips/IPS_LANEndpoint.ts";
import { noReference, type EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { implement, realms, returns, type Behavior, type Refusal } from "../behavior.ts";
import type { Firmware } from "../firmware.ts";
import { amtKeys } from "../names.ts";
import { entries } from "../entries.ts";
import { settings } from "../settings.ts";
import { add, freeNumber, keep, storedOf } from "../stored.ts";

/** PT_STATUS. @source protocols A.13 */
const limitReached = 23;
const invalidAddress = 27;
const invalidParameter = 36;
const invalidNetmask = 37;
const duplicate = 2058;
const refused = (status: number): Refusal => ({ fault: "InternalError", status });

const wired = "Intel(r) AMT Ethernet Port Settings 0";
const wireless = "Intel(r) AMT Ethernet Port Settings 1";
/** @source protocols B.13 "MaxTotalProxyEntryPoints" */
const mostProxies = 15;
const { administration, generalInfo } = realms;
/** What DHCP gave: shown like what was set. The address itself is not, while the host has it. @source recorded answers */
const lease = { DefaultGateway: "192.168.0.1", PrimaryDNS: "192.168.0.1", SubnetMask: "255.255.255.0" } as const;

/** Addresses, ports, and 802.1X on the wire. @source protocols B.6 */
export const network: readonly Behavior[] = [
  settings(AMT_EthernetPortSettings)({
    realm: generalInfo,
    list: ({ identity }) => [
      {
        DHCPEnabled: true,
        ElementName: "Intel(r) AMT Ethernet Port Settings",
        ...lease,
        InstanceID: wired,
        IpSyncEnabled: true,
        LinkIsUp: true,
        LinkPolicy: [1, 14],
        MACAddress: identity.mac,
        PhysicalConnectionType: "lan",
        SharedDynamicIP: true,
        SharedMAC: true,
        SharedStaticIp: false,
      },
      ...(identity.isMobile
        ? [
            {
              ConsoleTcpMaxRetransmissions: 5,
              DHCPEnabled: true,
              ElementName: "Intel(r) AMT Ethernet Port Settings",
              InstanceID: wireless,
              LinkControl: "host" as const,
              LinkIsUp: false,
              LinkPreference: "host" as const,
              MACAddress: "00-00-00-00-00-00",
              PhysicalConnectionType: "wlan" as const,
              SharedMAC: true,
              WLANLinkProtectionLevel: "passive" as const,
            },
          ]
        : []),
    ],
    check(_call, value) {
      const { DHCPEnabled, SharedStaticIp, IPAddress, SubnetMask, VLANTag = 0 } = value;
      if (VLANTag > 4_094) return refused(invalidParameter);
      const others = [value.DefaultGateway, value.PrimaryDNS, value.SecondaryDNS];
      if (!others.every((one) => one === undefined || isIpv4(one))) return refused(invalidAddress);
      if (value.InstanceID === wireless) return undefined;
      // A shared static address comes from the host; a static one of its own must be whole. @source protocols B.6 "Rules"
      if (DHCPEnabled === true || SharedStaticIp === true) {
        const isOwn = DHCPEnabled !== true && IPAddress !== undefined;
        return isOwn ? refused(invalidParameter) : undefined;
      }
      if (!isIpv4(IPAddress)) return refused(invalidAddress);
      return isNetmask(SubnetMask) ? undefined : refused(invalidNetmask);
    },
    changed({ firmware }, before, after) {
      if (before.IPAddress !== after.IPAddress || before.DHCPEnabled !== after.DHCPEnabled)
        firmware.audit("network.address");
      if (before.VLANTag !== after.VLANTag) firmware.audit("network.vlan");
      if (String(before.LinkPolicy) !== String(after.LinkPolicy)) firmware.audit("network.linkPolicy");
    },
    methods: {
      SetLinkPreference({ firmware, selectors }, { LinkPreference }) {
        if (selectors["InstanceID"] !== wireless || typeof LinkPreference === "number")
          return returns(invalidParameter);
        firmware.change((state) => {
          state.linkHolder = LinkPreference;
        });
        return returns(0);
      },
      CancelLinkProtection: ({ selectors }) => returns(selectors["InstanceID"] === wireless ? 0 : invalidParameter),
      RestoreLinkProtection: ({ selectors }) => returns(selectors["InstanceID"] === wireless ? 0 : invalidParameter),
    },
  }),
  implement(CIM_EthernetPort)({
    realm: generalInfo,
    list: ({ identity }) => [
      {
        CreationClassName: "CIM_EthernetPort",
        Description: "Wired0",
        DeviceID: "Intel(r) AMT Ethernet Port 0",
        ElementName: "Intel(r) AMT Ethernet Port",
        EnabledDefault: "notApplicable",
        EnabledState: "enabled",
        LinkTechnology: 2,
        MaxSpeed: 2_500_000_000n,
        NetworkAddresses: [identity.mac.replaceAll("-", "")],
        OperationalStatus: ["unknown"],
        PortType: 53,
        RequestedState: "notApplicable",
        Speed: 1_000_000_000n,
        ...amtKeys,
      },
    ],
  }),
  settings(IPS_IPv6PortSettings)({
    realm: generalInfo,
    list: () => [
      {
        CurrentDefaultRouter: "::",
        CurrentPrimaryDNS: "::",
        CurrentSecondaryDNS: "::",
        DefaultRouter: "::",
        ElementName: "Intel(r) IPS IPv6 Settings 0",
        IPv6Address: "::",
        InstanceID: "Intel(r) IPS IPv6 Settings 0",
        InterfaceIDType: 0,
        ManualInterfaceID: new Uint8Array(8),
        PrimaryDNS: "::",
        SecondaryDNS: "::",
      },
    ],
    check(_call, { InterfaceIDType = 0, IPv6Address, DefaultRouter, PrimaryDNS, SecondaryDNS }) {
      if (InterfaceIDType > 2) return refused(invalidParameter);
      const areAddresses = [IPv6Address, DefaultRouter, PrimaryDNS, SecondaryDNS].every(
        (one) => one === undefined || /^(?=.*:)[0-9A-Fa-f:]{2,39}$/.test(one),
      );
      return areAddresses ? undefined : refused(invalidAddress);
    },
  }),
  implement(IPS_HostIPSettings)({
    realm: generalInfo,
    list: () => [
      {
        DHCPEnabled: true,
        ElementName: "Intel(r) AMT: Host IP Settings",
        InstanceID: "Intel(r) AMT: Host IP Settings",
      },
    ],
  }),
  implement(IPS_LANEndpoint)({
    realm: generalInfo,
    list: ({ identity }) => [
      {
        CreationClassName: "IPS_LANEndpoint",
        EnabledState: "enabled",
        LANType: 2,
        MACAddress: identity.mac.replaceAll("-", ""),
        Name: "Intel(r) AMT LAN Endpoint",
        ProtocolType: 0,
        RequestedState: "notApplicable",
        ...amtKeys,
      },
    ],
  }),
  settings(AMT_8021XProfile)({
    realm: administration,
    list: () => [
      {
        ActiveInS0: true,
        ElementName: "Intel(r) AMT 802.1x Profile",
        Enabled: false,
        InstanceID: "Intel(r) AMT 802.1x Profile 0",
        PxeTimeout: 0,
      },
    ],
    check: (_call, { Enabled, AuthenticationProtocol, Username = "" }) =>
      Enabled === true && (AuthenticationProtocol === undefined || Username.length > 128)
        ? refused(invalidParameter)
        : undefined,
  }),
  implement(AMT_8021xCredentialContext)({
    realm: administration,
    list: (firmware) =>
      storedOf(firmware, AMT_8021XProfile).flatMap((profile) =>
        [profile.ClientCertificate, profile.ServerCertificateIssuer].flatMap((one) =>
          one === undefined || one.resourceUri === ""
            ? []
            : [{ ElementInContext: one, ElementProvidingContext: referenceTo(AMT_8021XProfile, profile) }],
        ),
      ),
  }),
  settings(IPS_IEEE8021xSettings)({
    realm: administration,
    list: () => [wired8021x],
    check: (_call, { Enabled, AuthenticationProtocol }) =>
      typeof Enabled === "number" || (Enabled === "enabled" && AuthenticationProtocol === undefined)
        ? refused(invalidParameter)
        : undefined,
    methods: {
      SetCertificates({ firmware }, { ServerCertificateIssuer, ClientCertificate }) {
        const given = [ServerCertificateIssuer, ClientCertificate].filter((one) => one !== undefined);
        if (!given.every((one) => isCertificate(firmware, one))) return returns(invalidParameter);
        const to = referenceTo(IPS_IEEE8021xSettings, wired8021x);
        keep(
          firmware,
          IPS_8021xCredentialContext,
          given.map((one) => ({ ElementInContext: one, ElementProvidingContext: to })),
        );
        return returns(0);
      },
    },
  }),
  entries(IPS_8021xCredentialContext)({ realm: administration, most: 2 }),
  settings(IPS_HTTPProxyService)({
    realm: administration,
    list: () => [
      {
        CreationClassName: "IPS_HTTPProxyService",
        ElementName: "Intel(r) AMT HTTP Proxy Service",
        Name: "Intel(r) AMT HTTP Proxy Service",
        SyncEnabled: true,
        ...amtKeys,
      },
    ],
    methods: {
      AddProxyAccessPoint({ firmware }, { AccessInfo, InfoFormat, Port, NetworkDnsSuffix }) {
        // @source recorded answers
        const refuse = (status: number) => ({ ProxyAccessPoint: noReference, ReturnValue: status });
        const stored = storedOf(firmware, IPS_HTTPProxyAccessPoint);
        if (AccessInfo === "" || AccessInfo.length > 256 || typeof InfoFormat === "number" || Port === 0) {
          return refuse(invalidParameter);
        }
        if (stored.some((one) => one.AccessInfo === AccessInfo && one.Port === Port)) return refuse(duplicate);
        if (stored.length >= mostProxies) return refuse(limitReached);
        const number = freeNumber(0, (one) => stored.some(({ Name }) => Name === proxyName(one)));
        const point = {
          AccessInfo,
          CreationClassName: "IPS_HTTPProxyAccessPoint",
          ElementName: "Intel(r) AMT HTTP Proxy Access Point",
          InfoFormat,
          Name: proxyName(number),
          NetworkDnsSuffix,
          Port,
          Priority: stored.length,
          Type: 2,
          ...amtKeys,
        };
        return { ProxyAccessPoint: add(firmware, IPS_HTTPProxyAccessPoint, point), ReturnValue: 0 };
      },
    },
  }),
  entries(IPS_HTTPProxyAccessPoint)({
    realm: administration,
    most: mostProxies,
    methods: { UpdatePriority: () => returns(0) },
  }),
];

const wired8021x = {
  AvailableInS0: true,
  ElementName: "Intel(r) AMT: 8021X Settings",
  Enabled: "disabled",
  InstanceID: "Intel(r) AMT: 8021X Settings",
  PxeTimeout: 120,
} as const;

function proxyName(number: number): string {
  return `Intel(r) ME:HTTP Proxy Access Point ${number}`;
}

/** Whether a reference names a certificate in the device's store. */
export function isCertificate({ state }: Firmware, to: EndpointReference | undefined): boolean {
  if (to?.resourceUri !== AMT_PublicKeyCertificate.uri) return false;
  const id = to.selectors["InstanceID"];
  return state.certificates.some(({ handle }) => id === `Intel(r) AMT Certificate: Handle: ${handle}`);
}

function isIpv4(text: string | undefined): text is string {
  return (
    text !== undefined && /^(\d{1,3}\.){3}\d{1,3}$/.test(text) && text.split(".").every((part) => Number(part) < 256)
  );
}

function isNetmask(text: string | undefined): boolean {
  if (!isIpv4(text)) return false;
  const bits = text
    .split(".")
    .map((part) => Number(part).toString(2).padStart(8, "0"))
    .join("");
  return /^1+0*$/.test(bits);
}
