import { AMT_CryptographicCapabilities } from "@vigil/model/amt/AMT_CryptographicCapabilities.ts";
import { AMT_GeneralSettings } from "@vigil/model/amt/AMT_GeneralSettings.ts";
import { implement, realms, type Behavior } from "../behavior.ts";
import { settings } from "../settings.ts";

/** The device as a whole. @source protocols B.2; recorded answers */
export const general: readonly Behavior[] = [
  settings(AMT_GeneralSettings)({
    realm: realms.generalInfo,
    list: ({ state, identity }) => [
      {
        AMTNetworkEnabled: 1,
        DDNSPeriodicUpdateInterval: 1440,
        DDNSTTL: 900,
        DDNSUpdateByDHCPServerEnabled: true,
        DDNSUpdateEnabled: false,
        DHCPSyncRequiresHostname: 1,
        DHCPv6ConfigurationTimeout: 0,
        DigestRealm: state.digestRealm,
        DomainName: state.domainName,
        ElementName: "Intel(r) AMT: General Settings",
        HostName: state.hostName,
        HostOSFQDN: "",
        IdleWakeTimeout: 65_535,
        InstanceID: "Intel(r) AMT: General Settings",
        NetworkInterfaceEnabled: true,
        OemID: 0,
        PingResponseEnabled: true,
        PowerSource: identity.isMobile && state.powerState !== 2 ? "dc" : "ac",
        PreferredAddressFamily: 0,
        PresenceNotificationInterval: 0,
        PrivacyLevel: "default",
        RmcpPingResponseEnabled: true,
        SharedFQDN: true,
        ThunderboltDockEnabled: 0,
        WsmanOnlyMode: false,
      },
    ],
    check(_call, { HostName = "", DomainName = "", IdleWakeTimeout = 1, PresenceNotificationInterval = 0 }) {
      const isValid =
        HostName.length <= 63 && DomainName.length <= 191 && IdleWakeTimeout >= 1 && IdleWakeTimeout <= 65_535;
      const isPresence = PresenceNotificationInterval === 0 || PresenceNotificationInterval >= 5;
      return isValid && isPresence && /^[A-Za-z0-9-]*$/.test(HostName)
        ? undefined
        : { fault: "InternalError", status: 36 };
    },
    changed({ firmware }, before, { HostName = "", DomainName = "" }) {
      if (before.HostName !== HostName) firmware.audit("network.hostName", counted(HostName));
      if (before.DomainName !== DomainName) firmware.audit("network.domainName", counted(DomainName));
      firmware.change((state) => {
        state.hostName = HostName;
        state.domainName = DomainName;
      });
    },
  }),
  implement(AMT_CryptographicCapabilities)({
    realm: realms.generalInfo,
    list: () => [
      {
        ElementName: "Intel(r) AMT: Cryptographic Capabilities",
        HardwareAcceleration: 1,
        InstanceID: "Intel(r) AMT: Cryptographic Capabilities 0",
      },
    ],
  }),
];

/** @source protocols B.10 "22/1" */
function counted(text: string): Uint8Array {
  return Uint8Array.of(text.length, ...Buffer.from(text, "ascii"));
}
