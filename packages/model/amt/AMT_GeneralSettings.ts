import { base64, boolean, defineClass, method, string, uint16, uint32 } from "../define.ts";

/** Name, network and privacy of the device as a whole.  @source class catalogue, recorded answers */
export const AMT_GeneralSettings = defineClass("AMT_GeneralSettings", {
  parents: ["CIM_SettingData", "CIM_ManagedElement"],
  properties: {
    AMTNetworkEnabled: uint32({ optional: true }),
    DDNSPeriodicUpdateInterval: uint32({ optional: true }),
    DDNSTTL: uint32({ optional: true }),
    DDNSUpdateByDHCPServerEnabled: boolean({ optional: true }),
    DDNSUpdateEnabled: boolean({ optional: true }),
    DHCPSyncRequiresHostname: uint32({ optional: true }),
    DHCPv6ConfigurationTimeout: uint16({ optional: true }),
    DigestRealm: string({ optional: true, readonly: true }),
    DomainName: string({ optional: true }),
    ElementName: string({ optional: true }),
    HostName: string({ optional: true }),
    HostOSFQDN: string({ optional: true, readonly: true }),
    IdleWakeTimeout: uint32({ optional: true }),
    InstanceID: string({ key: true }),
    NetworkInterfaceEnabled: boolean({ optional: true }),
    OemID: uint16({ optional: true }),
    PingResponseEnabled: boolean({ optional: true }),
    PowerSource: uint32({ optional: true, readonly: true }),
    PreferredAddressFamily: uint32({ optional: true }),
    PresenceNotificationInterval: uint32({ optional: true }),
    PrivacyLevel: uint32({ optional: true }),
    RmcpPingResponseEnabled: boolean({ optional: true }),
    SharedFQDN: boolean({ optional: true }),
    ThunderboltDockEnabled: uint32({ optional: true }),
    WsmanOnlyMode: boolean({ optional: true }),
  },
  methods: {
    AMTAuthenticate: method({
      input: { MC_Nonce: base64() },
      output: {
        Nonce: base64({ optional: true }),
        UUID: string({ optional: true }),
        FQDN: string({ optional: true }),
        FWVersion: string({ optional: true }),
        AMTSVN: uint32({ optional: true }),
        SignatureMechanism: uint32({ optional: true }),
        Signature: base64({ optional: true }),
        LengthOfCertificates: uint16({ list: true }),
        Certificates: base64({ optional: true }),
      },
    }),
  },
});
