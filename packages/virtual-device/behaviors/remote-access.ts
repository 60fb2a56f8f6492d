import { AMT_EnvironmentDetectionInterfacePolicy } from "@vigil/model/amt/AMT_EnvironmentDetectionInterfacePolicy.ts";
import { AMT_EnvironmentDetectionSettingData } from "@vigil/model/amt/AMT_EnvironmentDetectionSettingData.ts";
import { AMT_ManagementPresenceRemoteSAP } from "@vigil/model/amt/AMT_ManagementPresenceRemoteSAP.ts";
import { AMT_MPSUsernamePassword } from "@vigil/model/amt/AMT_MPSUsernamePassword.ts";
import { AMT_RemoteAccessCapabilities } from "@vigil/model/amt/AMT_RemoteAccessCapabilities.ts";
import { AMT_RemoteAccessCredentialContext } from "@vigil/model/amt/AMT_RemoteAccessCredentialContext.ts";
import { AMT_RemoteAccessPolicyAppliesToMPS } from "@vigil/model/amt/AMT_RemoteAccessPolicyAppliesToMPS.ts";
import { AMT_RemoteAccessPolicyRule } from "@vigil/model/amt/AMT_RemoteAccessPolicyRule.ts";
import { AMT_RemoteAccessService } from "@vigil/model/amt/AMT_RemoteAccessService.ts";
import { AMT_SystemDefensePolicy } from "@vigil/model/amt/AMT_SystemDefensePolicy.ts";
import { AMT_UserInitiatedConnectionService } from "@vigil/model/amt/AMT_UserInitiatedConnectionService.ts";
import { implement, realms, returns, type Behavior } from "../behavior.ts";
import type { Firmware } from "../firmware.ts";
import { amtKeys, wiredPort } from "../names.ts";
import { entries } from "../entries.ts";
import { settings } from "../settings.ts";
import { add, freeNumber, keep, storedAt, storedOf } from "../stored.ts";
import { isCertificate } from "./network.ts";

/** PT_STATUS. @source protocols A.13 */
const limitReached = 23;
const invalidParameter = 36;
const duplicate = 2058;
const { administration } = realms;

/** @source recorded answers */
const limits = { servers: 6, policies: 3, perPolicy: 2, proxies: 15 } as const;
/** @source protocols B.13 */
const policyNames = {
  userInitiated: "User Initiated",
  alert: "Alert",
  periodic: "Periodic",
  homeProvisioning: "Home Provisioning",
} as const;

/** Calling home from outside: servers, policies, and how the device knows that it is outside. @source protocols B.13 */
export const remoteAccess: readonly Behavior[] = [
  settings(AMT_RemoteAccessService)({
    realm: administration,
    list: () => [
      {
        CreationClassName: "AMT_RemoteAccessService",
        ElementName: "Intel(r) AMT Remote Access Service",
        IsRemoteTunnelConnected: false,
        Name: "Intel(r) AMT Remote Access Service",
        RemoteTunnelKeepAliveTimeout: 0xffff_ffff,
        ...amtKeys,
      },
    ],
    methods: {
      AddMpServer({ firmware }, input) {
        const stored = storedOf(firmware, AMT_ManagementPresenceRemoteSAP);
        const { AccessInfo, InfoFormat, Port, AuthMethod, Username = "", Password = "", Certificate, CN } = input;
        if (AccessInfo === "" || AccessInfo.length > 256 || Port === 0) return returns(invalidParameter);
        if (typeof InfoFormat === "number" || typeof AuthMethod === "number") return returns(invalidParameter);
        // The server's certificate names a host: an address alone cannot be checked against it.
        if (InfoFormat !== "fqdn" && CN === undefined) return returns(invalidParameter);
        const hasName = isShort(Username) && isShort(Password);
        if (AuthMethod === "usernamePassword" ? !hasName : !isCertificate(firmware, Certificate)) {
          return returns(invalidParameter);
        }
        if (stored.some((one) => one.AccessInfo === AccessInfo && one.Port === Port)) return returns(duplicate);
        if (stored.length >= limits.servers) return returns(limitReached);
        const number = freeNumber(0, (one) => stored.some(({ Name }) => Name === serverName(one)));
        const server = {
          AccessInfo,
          ...(CN === undefined ? {} : { CN }),
          CreationClassName: "AMT_ManagementPresenceRemoteSAP",
          ElementName: "Intel(r) AMT:Management Presence Server",
          InfoFormat,
          Name: serverName(number),
          Port,
          ...amtKeys,
        };
        const MpServer = add(firmware, AMT_ManagementPresenceRemoteSAP, server);
        const credential =
          AuthMethod === "mutual" && Certificate !== undefined
            ? Certificate
            : add(firmware, AMT_MPSUsernamePassword, {
                InstanceID: `Intel(r) AMT:MPS Username Password ${number}`,
                RemoteID: Username,
                Secret: Password,
              });
        add(firmware, AMT_RemoteAccessCredentialContext, {
          ElementInContext: credential,
          ElementProvidingContext: MpServer,
        });
        return { MpServer, ReturnValue: 0 };
      },
      AddRemoteAccessPolicyRule({ firmware }, { Trigger, TunnelLifeTime, ExtendedData, MpServer = [] }) {
        if (typeof Trigger === "number" || MpServer.length > limits.perPolicy) return returns(invalidParameter);
        const stored = storedOf(firmware, AMT_RemoteAccessPolicyRule);
        const servers = MpServer.map((one) => storedAt(firmware, AMT_ManagementPresenceRemoteSAP, one));
        if (servers.length === 0 || servers.includes(undefined)) return returns(invalidParameter);
        if (Trigger === "periodic" && !isPeriod(ExtendedData)) return returns(invalidParameter);
        if (stored.some((one) => one.Trigger === Trigger)) return returns(duplicate);
        if (stored.length >= limits.policies) return returns(limitReached);
        const rule = {
          CreationClassName: "AMT_RemoteAccessPolicyRule",
          // The missing letter is firmware's own. @source protocols B.13
          ElementName: "Inte(r) AMT:Remote Access Policy",
          ...(ExtendedData === undefined ? {} : { ExtendedData }),
          PolicyRuleName: policyNames[Trigger],
          ...amtKeys,
          Trigger,
          TunnelLifeTime,
        };
        const PolicyRule = add(firmware, AMT_RemoteAccessPolicyRule, rule);
        for (const [OrderOfAccess, ManagedElement] of MpServer.entries()) {
          add(firmware, AMT_RemoteAccessPolicyAppliesToMPS, {
            ManagedElement,
            MpsType: "external",
            OrderOfAccess,
            PolicySet: PolicyRule,
          });
        }
        return { PolicyRule, ReturnValue: 0 };
      },
      // There is no tunnel that could be closed.
      CloseRemoteAccessConnection: () => returns(2),
    },
  }),
  implement(AMT_RemoteAccessCapabilities)({
    realm: administration,
    list: () => [
      {
        ElementName: "Intel(r) AMT:Remote Access Capabilities",
        InstanceID: "Intel(r) AMT:Remote Access Capabilities",
        MaxMpsPerPolicy: limits.perPolicy,
        MaxTotalMpServers: limits.servers,
        MaxTotalPolicies: limits.policies,
        MaxTotalProxyEntryPoints: limits.proxies,
      },
    ],
  }),
  entries(AMT_ManagementPresenceRemoteSAP)({
    realm: administration,
    most: limits.servers,
    remove({ firmware }, { Name }) {
      const isIts = (one: { readonly selectors: Readonly<Record<string, unknown>> } | undefined): boolean =>
        one?.selectors["Name"] === Name;
      const isUsed = storedOf(firmware, AMT_RemoteAccessPolicyAppliesToMPS).some((one) => isIts(one.ManagedElement));
      if (isUsed) return { fault: "InternalError", status: 16 };
      const contexts = storedOf(firmware, AMT_RemoteAccessCredentialContext);
      const gone = contexts.find((one) => isIts(one.ElementProvidingContext));
      const id = gone?.ElementInContext?.selectors["InstanceID"];
      keep(
        firmware,
        AMT_RemoteAccessCredentialContext,
        contexts.filter((one) => one !== gone),
      );
      keep(
        firmware,
        AMT_MPSUsernamePassword,
        storedOf(firmware, AMT_MPSUsernamePassword).filter((one) => one.InstanceID !== id),
      );
      return undefined;
    },
  }),
  entries(AMT_MPSUsernamePassword)({
    realm: administration,
    most: limits.servers,
    // @source recorded answers: mps/put, policyappliestomps/put
    isPutSilent: true,
    check: (_call, { RemoteID = "", Secret = "" }) =>
      isShort(RemoteID) && (Secret === "" || isShort(Secret))
        ? undefined
        : { fault: "InternalError", status: invalidParameter },
  }),
  entries(AMT_RemoteAccessCredentialContext)({ realm: administration, most: limits.servers }),
  entries(AMT_RemoteAccessPolicyRule)({
    realm: administration,
    most: limits.policies,
    check(_call, { Trigger, ExtendedData, PolicyRuleName }) {
      // A rule is named after its trigger.
      const isIts = typeof Trigger === "string" && policyNames[Trigger] === PolicyRuleName;
      return isIts && (Trigger !== "periodic" || isPeriod(ExtendedData))
        ? undefined
        : { fault: "InternalError", status: invalidParameter };
    },
    remove({ firmware }, { PolicyRuleName }) {
      const applied = storedOf(firmware, AMT_RemoteAccessPolicyAppliesToMPS);
      const rest = applied.filter((one) => one.PolicySet?.selectors["PolicyRuleName"] !== PolicyRuleName);
      keep(firmware, AMT_RemoteAccessPolicyAppliesToMPS, rest);
      return undefined;
    },
  }),
  entries(AMT_RemoteAccessPolicyAppliesToMPS)({
    realm: administration,
    most: limits.policies * limits.perPolicy,
    isPutSilent: true,
    check: (_call, { OrderOfAccess = 0 }) =>
      OrderOfAccess < limits.perPolicy ? undefined : { fault: "InternalError", status: invalidParameter },
  }),
  implement(AMT_UserInitiatedConnectionService)({
    realm: administration,
    list: ({ state }) => [
      {
        CreationClassName: "AMT_UserInitiatedConnectionService",
        ElementName: "Intel(r) AMT User Initiated Connection Service",
        EnabledState: state.userInitiated,
        LastConnectionReason: "",
        Name: "Intel(r) AMT User Initiated Connection Service",
        ...amtKeys,
      },
    ],
    methods: {
      RequestStateChange({ firmware }, { RequestedState }) {
        if (RequestedState === undefined || typeof RequestedState === "number") return returns(5);
        firmware.change((state) => {
          state.userInitiated = RequestedState;
        });
        return returns(0);
      },
    },
  }),
  settings(AMT_EnvironmentDetectionSettingData)({
    realm: administration,
    list: () => [environment],
    check: (_call, { DetectionStrings = [], DetectionAlgorithm }) =>
      DetectionStrings.length > 5 ||
      DetectionStrings.some((one) => one.length > 192) ||
      typeof DetectionAlgorithm === "number"
        ? { fault: "InternalError", status: invalidParameter }
        : undefined,
    methods: {
      SetSystemDefensePolicy({ firmware }, { Policy }) {
        if (Policy !== undefined && storedAt(firmware, AMT_SystemDefensePolicy, Policy) === undefined) {
          return returns(invalidParameter);
        }
        const policies =
          Policy === undefined
            ? []
            : [{ Antecedent: wiredPort, Dependent: Policy, Active: isOutside(firmware), Enabled: true }];
        keep(firmware, AMT_EnvironmentDetectionInterfacePolicy, policies);
        return returns(0);
      },
      EnableVpnRouting({ firmware }, { Enable }) {
        firmware.change((state) => {
          state.isVpnRouted = Enable;
        });
        return returns(0);
      },
    },
  }),
  entries(AMT_EnvironmentDetectionInterfacePolicy)({ realm: administration, most: 1 }),
];

const environment = {
  DetectionAlgorithm: "localDomains",
  DetectionStrings: [],
  ElementName: "Intel(r) AMT Environment Detection Settings",
  InstanceID: "Intel(r) AMT Environment Detection Settings",
} as const;

/** True when there are domains of the company and the network's is none of them. */
export function isOutside(firmware: Firmware): boolean {
  const domains = storedOf(firmware, AMT_EnvironmentDetectionSettingData)[0]?.DetectionStrings ?? [];
  return domains.length > 0 && !domains.includes(firmware.domainSuffix);
}

function serverName(number: number): string {
  return `Intel(r) AMT:Management Presence Server ${number}`;
}

/** @source protocols B.13 */
function isShort(text: string): boolean {
  return text.length >= 1 && text.length <= 16;
}

/** 8 or 12 bytes, big-endian: an interval in seconds, or a time of day. @source protocols B.13 "ExtendedData" */
function isPeriod(data: Uint8Array | undefined): boolean {
  if (data === undefined || data.length < 8) return false;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const type = view.getUint32(0);
  if (type === 0) return view.getUint32(4) > 0;
  return type === 1 && data.length === 12 && view.getUint32(4) < 24 && view.getUint32(8) < 60;
}
