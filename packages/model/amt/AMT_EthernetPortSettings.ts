import { boolean, defineClass, method, string, uint16, uint32, uint8 } from "../define.ts";

/** Wired (instance 0) and wireless (instance 1) network settings.  @source class catalogue, recorded answers */
export const AMT_EthernetPortSettings = defineClass("AMT_EthernetPortSettings", {
  parents: ["CIM_SettingData", "CIM_ManagedElement"],
  properties: {
    ConsoleTcpMaxRetransmissions: uint32({ optional: true }),
    DHCPEnabled: boolean({ optional: true }),
    DefaultGateway: string({ optional: true }),
    ElementName: string({ optional: true }),
    IPAddress: string({ optional: true }),
    InstanceID: string({ key: true }),
    IpSyncEnabled: boolean({ optional: true }),
    LinkControl: uint32({ optional: true }),
    LinkIsUp: boolean({ optional: true }),
    LinkPolicy: uint8({ list: true }),
    LinkPreference: uint32({ optional: true }),
    MACAddress: string({ optional: true }),
    PhysicalConnectionType: uint32({ optional: true }),
    PhysicalNicMedium: uint32({ optional: true }),
    PrimaryDNS: string({ optional: true }),
    SecondaryDNS: string({ optional: true }),
    SharedDynamicIP: boolean({ optional: true }),
    SharedMAC: boolean({ optional: true }),
    SharedStaticIp: boolean({ optional: true }),
    SubnetMask: string({ optional: true }),
    VLANTag: uint16({ optional: true }),
    WLANLinkProtectionLevel: uint32({ optional: true }),
  },
  methods: {
    SetLinkPreference: method({ input: { LinkPreference: uint32(), Timeout: uint32({ optional: true }) } }),
    CancelLinkProtection: method(),
    RestoreLinkProtection: method(),
  },
});
