import { boolean, defineClass, enumOf, method, string, uint16, uint32, uint8 } from "../define.ts";
import { CIM_SettingData } from "../cim/CIM_SettingData.ts";

/** Who holds the wireless link. @source protocols B.6 */
export const linkHolders = { me: 1, host: 2 } as const;

/** @source protocols B.6 */
export const physicalConnections = { lan: 0, discreteLan: 1, thunderboltDock: 2, wlan: 3 } as const;

/** @source protocols B.6; words UNVERIFIED */
export const linkProtections = { off: 0, passive: 1, high: 2, override: 3 } as const;

/** Wired (instance 0) and wireless (instance 1) network settings.  @source class catalogue */
export const AMT_EthernetPortSettings = defineClass("AMT_EthernetPortSettings", {
  extends: CIM_SettingData,
  properties: {
    ConsoleTcpMaxRetransmissions: uint32(),
    DHCPEnabled: boolean(),
    DefaultGateway: string(),
    IPAddress: string(),
    IpSyncEnabled: boolean(),
    LinkControl: enumOf(linkHolders, { readonly: true }),
    LinkIsUp: boolean({ readonly: true }),
    LinkPolicy: uint8({ list: true }),
    LinkPreference: enumOf(linkHolders),
    MACAddress: string({ readonly: true }),
    PhysicalConnectionType: enumOf(physicalConnections, { readonly: true, since: "11.0" }),
    PhysicalNicMedium: uint32({ readonly: true, since: "16.0" }),
    PrimaryDNS: string(),
    SecondaryDNS: string(),
    SharedDynamicIP: boolean(),
    SharedMAC: boolean(),
    SharedStaticIp: boolean(),
    SubnetMask: string(),
    VLANTag: uint16(),
    WLANLinkProtectionLevel: enumOf(linkProtections),
  },
  methods: {
    SetLinkPreference: method({ input: { LinkPreference: enumOf(linkHolders), Timeout: uint32({ optional: true }) } }),
    CancelLinkProtection: method(),
    RestoreLinkProtection: method(),
  },
});
