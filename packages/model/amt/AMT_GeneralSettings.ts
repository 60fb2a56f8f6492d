import { base64, boolean, defineClass, enumOf, hexBinary, method, string, uint16, uint32 } from "../define.ts";
import { CIM_SettingData } from "../cim/CIM_SettingData.ts";

/** @source protocols B.2 */
export const privacyLevels = { default: 0, enhanced: 1, extreme: 2 } as const;

/** @source protocols B.2 */
export const powerSources = { ac: 0, dc: 1 } as const;

/** Name, network and privacy of the device as a whole.  @source class catalogue */
export const AMT_GeneralSettings = defineClass("AMT_GeneralSettings", {
  extends: CIM_SettingData,
  properties: {
    AMTNetworkEnabled: uint32(),
    DDNSPeriodicUpdateInterval: uint32(),
    DDNSTTL: uint32(),
    DDNSUpdateByDHCPServerEnabled: boolean(),
    DDNSUpdateEnabled: boolean(),
    DHCPSyncRequiresHostname: uint32({ since: "15.0" }),
    DHCPv6ConfigurationTimeout: uint16(),
    DigestRealm: string({ readonly: true }),
    DomainName: string(),
    HostName: string(),
    HostOSFQDN: string({ readonly: true }),
    IdleWakeTimeout: uint32(),
    NetworkInterfaceEnabled: boolean(),
    OemID: uint16({ readonly: true, since: "16.0" }),
    PingResponseEnabled: boolean(),
    PowerSource: enumOf(powerSources, { readonly: true }),
    PreferredAddressFamily: uint32(),
    PresenceNotificationInterval: uint32(),
    PrivacyLevel: enumOf(privacyLevels, { readonly: true }),
    RmcpPingResponseEnabled: boolean(),
    SharedFQDN: boolean(),
    ThunderboltDockEnabled: uint32({ since: "15.0" }),
    WsmanOnlyMode: boolean(),
  },
  methods: {
    AMTAuthenticate: method({
      input: { MC_Nonce: base64() },
      output: {
        Nonce: base64(),
        UUID: hexBinary(),
        FQDN: string(),
        FWVersion: string(),
        AMTSVN: uint32(),
        SignatureMechanism: enumOf({ tlsEcdheEcdsaWithAes256GcmSha384: 0 }),
        Signature: base64(),
        LengthOfCertificates: uint16({ list: true }),
        Certificates: base64(),
      },
    }),
  },
});
