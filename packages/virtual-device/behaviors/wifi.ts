import { AMT_PublicKeyCertificate } from "@vigil/model/amt/AMT_PublicKeyCertificate.ts";
import { AMT_WiFiPortConfigurationService } from "@vigil/model/amt/AMT_WiFiPortConfigurationService.ts";
import { CIM_CredentialContext } from "@vigil/model/cim/CIM_CredentialContext.ts";
import { CIM_IEEE8021xCapabilities } from "@vigil/model/cim/CIM_IEEE8021xCapabilities.ts";
import { CIM_IEEE8021xSettings } from "@vigil/model/cim/CIM_IEEE8021xSettings.ts";
import { CIM_WiFiEndpoint } from "@vigil/model/cim/CIM_WiFiEndpoint.ts";
import { CIM_WiFiEndpointCapabilities } from "@vigil/model/cim/CIM_WiFiEndpointCapabilities.ts";
import { authenticationMethods, CIM_WiFiEndpointSettings } from "@vigil/model/cim/CIM_WiFiEndpointSettings.ts";
import { CIM_WiFiPort } from "@vigil/model/cim/CIM_WiFiPort.ts";
import { CIM_WiFiPortCapabilities } from "@vigil/model/cim/CIM_WiFiPortCapabilities.ts";
import { numberOf } from "@vigil/model/codecs.ts";
import type { Instance } from "@vigil/model/define.ts";
import { compareReleases } from "@vigil/model/firmware.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { implement, realms, returns, type Behavior } from "../behavior.ts";
import type { Firmware } from "../firmware.ts";
import { amtKeys } from "../names.ts";
import { entries } from "../entries.ts";
import { settings } from "../settings.ts";
import { keep, storedAt, storedOf } from "../stored.ts";
import { isCertificate } from "./network.ts";

/** What the Wi-Fi methods return. @source protocols B.6 */
const failed = 2;
const invalidParameter = 3;
const invalidReference = 4;
/** @source protocols B.6; UNVERIFIED */
const mostProfiles = 16;
const { administration } = realms;

const hasWifi = ({ identity }: Firmware): boolean => identity.isMobile;
const endpoint = { CreationClassName: "CIM_WiFiEndpoint", Name: "WiFi Endpoint 0", ...amtKeys } as const;

type Profile = Partial<Instance<typeof CIM_WiFiEndpointSettings>>;
type Enterprise = Partial<Instance<typeof CIM_IEEE8021xSettings>>;

/** The wireless port and its profiles; desktops have none. @source protocols B.6 */
export const wifi: readonly Behavior[] = [
  implement(CIM_WiFiPort)({
    realm: administration,
    list: (firmware) =>
      hasWifi(firmware)
        ? [
            {
              CreationClassName: "CIM_WiFiPort",
              DeviceID: "WiFi Port 0",
              ElementName: "WiFi Port 0",
              EnabledState: firmware.state.wifiPort,
              HealthState: "ok",
              LinkTechnology: 11,
              // As in AMT_EthernetPortSettings, while the host has the port. @source test answers of go-wsman-messages
              PermanentAddress: "000000000000",
              PortType: 0,
              RequestedState: firmware.state.wifiPort === "disabled" ? "disabled" : 12,
              ...amtKeys,
            },
          ]
        : [],
    methods: {
      RequestStateChange({ firmware }, { RequestedState }) {
        if (RequestedState === undefined || typeof RequestedState === "number") return returns(5);
        firmware.change((state) => {
          state.wifiPort = RequestedState;
        });
        return returns(0);
      },
    },
  }),
  implement(CIM_WiFiEndpoint)({
    realm: administration,
    list: (firmware) =>
      hasWifi(firmware) ? [{ ...endpoint, ElementName: "WiFi Endpoint 0", EnabledState: "enabled", LANID: "" }] : [],
  }),
  implement(CIM_WiFiEndpointCapabilities)({
    realm: administration,
    list: (firmware) =>
      hasWifi(firmware)
        ? [
            {
              ElementName: "Intel(r) AMT:WiFi Endpoint Capabilities",
              InstanceID: "Intel(r) AMT:WiFi Endpoint Capabilities 0",
              SupportedAuthenticationMethods: methodsOf(firmware),
              SupportedEncryptionMethods: [3, 4],
            },
          ]
        : [],
  }),
  implement(CIM_WiFiPortCapabilities)({
    realm: administration,
    list: (firmware) =>
      hasWifi(firmware)
        ? [
            {
              ElementName: "Intel(r) AMT:WiFi Port Capabilities",
              InstanceID: "Intel(r) AMT:WiFi Port Capabilities 0",
              SupportedPortTypes: [70, 71, 72],
            },
          ]
        : [],
  }),
  implement(CIM_IEEE8021xCapabilities)({
    realm: administration,
    list: () => [
      {
        ElementName: "Intel(r) AMT:IEEE 802.1x Capabilities",
        FastRoamingSupported: false,
        InstanceID: "Intel(r) AMT:IEEE 802.1x Capabilities 0",
        RoamingSupported: true,
        SupportedAuthenticationProtocols: [0, 1, 2, 3, 4, 5, 6],
      },
    ],
  }),
  settings(AMT_WiFiPortConfigurationService)({
    realm: administration,
    list: () => [
      {
        CreationClassName: "AMT_WiFiPortConfigurationService",
        ElementName: "Intel(r) AMT WiFiPort Configuration Service",
        EnabledState: "notApplicable",
        HealthState: "ok",
        LastConnectedSsidUnderMeControl: "",
        Name: "Intel(r) AMT WiFi Port Configuration Service",
        NoHostCsmeSoftwarePolicy: 0,
        RequestedState: "notApplicable",
        ...amtKeys,
        UEFIWiFiProfileShareEnabled: false,
        localProfileSynchronizationEnabled: "disabled",
      },
    ],
    check: (_call, value) =>
      typeof value.localProfileSynchronizationEnabled === "number" ? { fault: "InternalError", status: 36 } : undefined,
    changed: ({ firmware }) => firmware.audit("wireless.synchronization"),
    methods: {
      AddWiFiSettings({ firmware }, input) {
        const { WiFiEndpoint, WiFiEndpointSettingsInput: sent, IEEE8021xSettingsInput } = input;
        if (!hasWifi(firmware)) return returns(1);
        if (WiFiEndpoint.selectors["Name"] !== endpoint.Name) return returns(invalidReference);
        const profile = completed(firmware, sent);
        const stored = storedOf(firmware, CIM_WiFiEndpointSettings);
        if (profile === undefined || stored.some((one) => one.Priority === profile.Priority))
          return returns(invalidParameter);
        if (stored.some((one) => one.InstanceID === profile.InstanceID) || stored.length >= mostProfiles)
          return returns(failed);
        const enterprise = enterpriseOf(profile, IEEE8021xSettingsInput);
        if (enterprise === "missing") return returns(invalidParameter);
        if (!areCertificates(firmware, input)) return returns(invalidReference);
        keep(firmware, CIM_WiFiEndpointSettings, [...stored, profile]);
        firmware.audit("wireless.added");
        // No reference to the profile. @source recorded answers
        return { ...bindEnterprise(firmware, enterprise, input), ReturnValue: 0 };
      },
      UpdateWiFiSettings({ firmware }, input) {
        const { WiFiEndpointSettings, WiFiEndpointSettingsInput: sent, IEEE8021xSettingsInput } = input;
        const old = storedAt(firmware, CIM_WiFiEndpointSettings, WiFiEndpointSettings);
        if (old === undefined) return returns(invalidReference);
        const profile = completed(firmware, { ...sent, InstanceID: old.InstanceID ?? "" });
        if (profile === undefined) return returns(invalidParameter);
        const others = storedOf(firmware, CIM_WiFiEndpointSettings).filter((one) => one.InstanceID !== old.InstanceID);
        if (others.some((one) => one.Priority === profile.Priority)) return returns(invalidParameter);
        const enterprise = enterpriseOf(profile, IEEE8021xSettingsInput);
        if (enterprise === "missing") return returns(invalidParameter);
        keep(firmware, CIM_WiFiEndpointSettings, [...others, profile]);
        firmware.audit("wireless.updated");
        return { ...bindEnterprise(firmware, enterprise, input), ReturnValue: 0 };
      },
      DeleteAllITProfiles: ({ firmware }) => {
        keep(firmware, CIM_WiFiEndpointSettings, []);
        keep(firmware, CIM_IEEE8021xSettings, []);
        keep(firmware, CIM_CredentialContext, []);
        firmware.audit("wireless.removed");
        return returns(0);
      },
      // Profiles of users come from the host, which a virtual one does not share.
      DeleteAllUserProfiles: () => returns(0),
    },
  }),
  entries(CIM_WiFiEndpointSettings)({
    realm: administration,
    most: mostProfiles,
    check: ({ firmware }, value) =>
      completed(firmware, value) === undefined ? { fault: "InternalError", status: 36 } : undefined,
    remove({ firmware }, { ElementName = "" }) {
      const id = `Intel(r) AMT:IEEE 802.1x Settings ${ElementName}`;
      const settingsLeft = storedOf(firmware, CIM_IEEE8021xSettings).filter((one) => one.InstanceID !== id);
      const isIts = (one: { readonly ElementProvidingContext?: EndpointReference | undefined }): boolean =>
        one.ElementProvidingContext?.selectors["InstanceID"] === id;
      keep(firmware, CIM_IEEE8021xSettings, settingsLeft);
      keep(
        firmware,
        CIM_CredentialContext,
        storedOf(firmware, CIM_CredentialContext).filter((one) => !isIts(one)),
      );
      firmware.audit("wireless.removed");
      return undefined;
    },
  }),
  entries(CIM_IEEE8021xSettings)({ realm: administration, most: mostProfiles }),
  entries(CIM_CredentialContext)({ realm: administration, most: 2 * mostProfiles }),
];

/** WPA3 came late. UNVERIFIED in which release */
function methodsOf({ release }: Firmware): readonly number[] {
  return compareReleases(release, "16.0") < 0 ? [4, 5, 6, 7] : [4, 5, 6, 7, 32_768, 32_769];
}

/** A profile that firmware takes, with its key. @source protocols B.6: lengths and priorities */
function completed(firmware: Firmware, sent: Profile): Profile | undefined {
  const { ElementName = "", SSID = "", Priority = 0, AuthenticationMethod, EncryptionMethod, PSKPassPhrase } = sent;
  if (ElementName === "" || ElementName.length > 32 || SSID === "" || SSID.length > 32) return undefined;
  if (
    Priority < 1 ||
    Priority > 255 ||
    typeof AuthenticationMethod !== "string" ||
    typeof EncryptionMethod !== "string"
  ) {
    return undefined;
  }
  if (!methodsOf(firmware).includes(numberOf(authenticationMethods, AuthenticationMethod))) return undefined;
  if (PSKPassPhrase !== undefined && !/^[\x20-\x7e]{8,63}$/.test(PSKPassPhrase)) return undefined;
  // Older firmware takes any of them for its own name. @source protocols B.6 "InstanceID"
  const InstanceID = `Intel(r) AMT:WiFi Endpoint Settings ${ElementName}`;
  return { ...sent, InstanceID: sent.InstanceID?.startsWith("Intel(r) AMT:") === true ? sent.InstanceID : InstanceID };
}

/** The 802.1X part, which only the 802.1X methods have, and must have. */
function enterpriseOf(profile: Profile, sent: Enterprise | undefined): Enterprise | undefined | "missing" {
  const { AuthenticationMethod: method } = profile;
  if (method !== "wpa8021x" && method !== "wpa28021x") return undefined;
  if (sent?.AuthenticationProtocol === undefined) return "missing";
  const name = sent.ElementName ?? profile.ElementName ?? "";
  return { ...sent, ElementName: name, InstanceID: `Intel(r) AMT:IEEE 802.1x Settings ${name}` };
}

interface Credentials {
  readonly ClientCredential?: EndpointReference | undefined;
  readonly CACredential?: EndpointReference | undefined;
}

function areCertificates(firmware: Firmware, { ClientCredential, CACredential }: Credentials): boolean {
  return [ClientCredential, CACredential].every(
    (one) => one === undefined || one.resourceUri !== AMT_PublicKeyCertificate.uri || isCertificate(firmware, one),
  );
}

function bindEnterprise(
  firmware: Firmware,
  enterprise: Enterprise | undefined,
  { ClientCredential, CACredential }: Credentials,
): { IEEE8021xSettings?: EndpointReference } {
  if (enterprise === undefined) return {};
  const others = storedOf(firmware, CIM_IEEE8021xSettings).filter((one) => one.InstanceID !== enterprise.InstanceID);
  keep(firmware, CIM_IEEE8021xSettings, [...others, enterprise]);
  const to = referenceTo(CIM_IEEE8021xSettings, enterprise);
  const bound = [ClientCredential, CACredential].flatMap((one) =>
    one === undefined || one.resourceUri === "" ? [] : [{ ElementInContext: one, ElementProvidingContext: to }],
  );
  const rest = storedOf(firmware, CIM_CredentialContext).filter(
    (one) => one.ElementProvidingContext?.selectors["InstanceID"] !== enterprise.InstanceID,
  );
  keep(firmware, CIM_CredentialContext, [...rest, ...bound]);
  return { IEEE8021xSettings: to };
}
