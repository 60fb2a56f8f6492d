import { AMT_EthernetPortSettings } from "@vigil/model/amt/AMT_EthernetPortSettings.ts";
import { AMT_GeneralSettings } from "@vigil/model/amt/AMT_GeneralSettings.ts";
import { AMT_RedirectionService } from "@vigil/model/amt/AMT_RedirectionService.ts";
import { AMT_WebUIService } from "@vigil/model/amt/AMT_WebUIService.ts";
import { implement, realms, returns, type Behavior } from "../behavior.ts";

const system = { SystemCreationClassName: "CIM_ComputerSystem", SystemName: "Intel(r) AMT" } as const;

/** Name, network, web page and redirection switches. @source protocols B.2, B.6; recorded answers */
export const general: readonly Behavior[] = [
  implement(AMT_GeneralSettings, {
    realm: realms.generalInfo,
    list: ({ state }) => [
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
        IdleWakeTimeout: state.idleWakeTimeout,
        InstanceID: "Intel(r) AMT: General Settings",
        NetworkInterfaceEnabled: true,
        PingResponseEnabled: state.isPingAnswered,
        PowerSource: 0,
        PreferredAddressFamily: 0,
        PresenceNotificationInterval: 0,
        PrivacyLevel: 0,
        RmcpPingResponseEnabled: state.isRmcpAnswered,
        SharedFQDN: true,
        ThunderboltDockEnabled: 0,
        WsmanOnlyMode: false,
      },
    ],
    put({ firmware }, value) {
      const { HostName = "", DomainName = "", IdleWakeTimeout = 1 } = value;
      const isValid =
        HostName.length <= 63 && DomainName.length <= 191 && IdleWakeTimeout >= 1 && IdleWakeTimeout <= 65_535;
      if (!isValid || !/^[A-Za-z0-9-]*$/.test(HostName)) return { fault: "InternalError", status: 36 };
      firmware.change((state) => {
        state.hostName = HostName;
        state.domainName = DomainName;
        state.idleWakeTimeout = IdleWakeTimeout;
        state.isPingAnswered = value.PingResponseEnabled ?? state.isPingAnswered;
        state.isRmcpAnswered = value.RmcpPingResponseEnabled ?? state.isRmcpAnswered;
      });
      return undefined;
    },
  }),
  implement(AMT_EthernetPortSettings, {
    realm: realms.generalInfo,
    list: ({ identity }) => [
      {
        DHCPEnabled: true,
        ElementName: "Intel(r) AMT Ethernet Port Settings",
        InstanceID: "Intel(r) AMT Ethernet Port Settings 0",
        IpSyncEnabled: true,
        LinkIsUp: true,
        LinkPolicy: [1, 14],
        MACAddress: identity.mac,
        PhysicalConnectionType: 0,
        SharedDynamicIP: true,
        SharedMAC: true,
        SharedStaticIp: false,
      },
    ],
  }),
  implement(AMT_WebUIService, {
    realm: realms.administration,
    list: ({ state }) => [
      {
        CreationClassName: "AMT_WebUIService",
        ElementName: "Intel(r) AMT Web UI Service",
        EnabledState: state.isWebPageOpen ? 2 : 3,
        Name: "Intel(r) AMT Web UI Service",
        RequestedState: state.isWebPageOpen ? 2 : 3,
        ...system,
      },
    ],
    methods: {
      RequestStateChange({ firmware }, { RequestedState }) {
        if (RequestedState !== "enabled" && RequestedState !== "disabled") return returns(5);
        firmware.change((state) => {
          state.isWebPageOpen = RequestedState === "enabled";
        });
        return returns(0);
      },
    },
  }),
  implement(AMT_RedirectionService, {
    realm: realms.administration,
    list: () => [
      {
        CreationClassName: "AMT_RedirectionService",
        ElementName: "Intel(r) AMT Redirection Service",
        EnabledState: 32_768,
        ListenerEnabled: false,
        Name: "Intel(r) AMT Redirection Service",
        ...system,
      },
    ],
  }),
];
