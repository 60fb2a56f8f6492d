import {
  AMT_WiFiPortConfigurationService,
  type profileSynchronizations,
} from "@vigil/model/amt/AMT_WiFiPortConfigurationService.ts";
import { CIM_CredentialContext } from "@vigil/model/cim/CIM_CredentialContext.ts";
import { CIM_WiFiEndpoint } from "@vigil/model/cim/CIM_WiFiEndpoint.ts";
import {
  authenticationMethods,
  CIM_WiFiEndpointSettings,
  encryptionMethods,
} from "@vigil/model/cim/CIM_WiFiEndpointSettings.ts";
import { CIM_WiFiPort, wifiPortStates } from "@vigil/model/cim/CIM_WiFiPort.ts";
import { CIM_WiFiEndpointCapabilities } from "@vigil/model/cim/CIM_WiFiEndpointCapabilities.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { CIM_IEEE8021xSettings } from "@vigil/model/cim/CIM_IEEE8021xSettings.ts";
import { fail } from "../errors.ts";
import { certificateAt, ieee8021xOf, ieee8021xValues, type Ieee8021x, type StoredGuard } from "../ieee8021x.ts";
import { refusal, refusalOf } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

export type WifiAuthentication = keyof typeof authenticationMethods;
export type WifiEncryption = keyof typeof encryptionMethods;
/** When the firmware uses the wireless port: never, while the machine is on, or always. */
export type WifiPortState = keyof typeof wifiPortStates;

/** A wireless network that the device may join. */
export interface WifiProfile {
  readonly name: string;
  readonly ssid: string;
  /** 1 to 255, unique; the lowest is tried first. */
  readonly priority: number;
  readonly authentication: WifiAuthentication | number;
  readonly encryption: WifiEncryption | number;
}

/** What a new profile also needs. */
export interface NewWifiProfile extends WifiProfile {
  readonly passphrase?: string;
  /** With authentication wpa8021x and wpa28021x. */
  readonly ieee8021x?: Ieee8021x;
}

/** Profiles that come from the host, and those that its BIOS may use. */
export interface WifiSharing {
  /** Whether profiles of the machine's users become the firmware's, and whether those of ours may. */
  readonly hostProfiles: keyof typeof profileSynchronizations | number;
  /** undefined where the release does not know it. */
  readonly sharesWithBios: boolean | undefined;
}

const endpoint = referenceTo(CIM_WiFiEndpoint, {
  CreationClassName: "CIM_WiFiEndpoint",
  Name: "WiFi Endpoint 0",
  SystemCreationClassName: "CIM_ComputerSystem",
  SystemName: "Intel(r) AMT",
});

/** The wireless port and its profiles. @source protocols B.6 */
export class Wifi {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  /** undefined when the machine has no wireless port. */
  async portState(options: CallOptions = {}): Promise<WifiPortState | number | undefined> {
    const [port] = await this.#wsman.enumerate(CIM_WiFiPort, options);
    return port?.EnabledState;
  }

  /** @throws amt.wifi.refused (device) */
  async switchPort(to: WifiPortState, options: CallOptions = {}): Promise<void> {
    const method = "RequestStateChange";
    const { ReturnValue } = await this.#wsman.invoke(CIM_WiFiPort, method, { RequestedState: to }, options);
    this.#check(method, ReturnValue, "state-change");
  }

  async profiles(options: CallOptions = {}): Promise<WifiProfile[]> {
    const all = await this.#wsman.enumerate(CIM_WiFiEndpointSettings, options);
    return all.map((one) => ({
      name: one.ElementName ?? "",
      ssid: one.SSID ?? "",
      priority: one.Priority ?? 0,
      authentication: one.AuthenticationMethod ?? "other",
      encryption: one.EncryptionMethod ?? "other",
    }));
  }

  /** Which security this machine's port knows; empty when it has none. */
  async supported(options: CallOptions = {}): Promise<WifiAuthentication[]> {
    const all = await this.#wsman.enumerate(CIM_WiFiEndpointCapabilities, options);
    const codes = all.flatMap((one) => one.SupportedAuthenticationMethods ?? []);
    // The table's own keys.
    return (Object.keys(authenticationMethods) as WifiAuthentication[]).filter((one) =>
      codes.includes(authenticationMethods[one]),
    );
  }

  /** @throws amt.platform.lacking, amt.wifi.refused (device) */
  async add(profile: NewWifiProfile, options: CallOptions = {}): Promise<void> {
    await this.#requireMethod(profile, options);
    const method = "AddWiFiSettings";
    const input = { WiFiEndpoint: endpoint, ...inputOf(profile) };
    const { ReturnValue } = await this.#wsman.invoke(AMT_WiFiPortConfigurationService, method, input, options);
    this.#check(method, ReturnValue, "wifi");
  }

  /** Writes a profile anew, by its name; secrets have to come along. @throws amt.platform.lacking, amt.wifi.refused (device) */
  async update(profile: NewWifiProfile, options: CallOptions = {}): Promise<void> {
    await this.#requireMethod(profile, options);
    const method = "UpdateWiFiSettings";
    const WiFiEndpointSettings = referenceTo(CIM_WiFiEndpointSettings, { InstanceID: idOf(profile.name) });
    const input = { WiFiEndpointSettings, ...inputOf(profile) };
    const { ReturnValue } = await this.#wsman.invoke(AMT_WiFiPortConfigurationService, method, input, options);
    this.#check(method, ReturnValue, "wifi");
  }

  /** What guards the network of a profile; undefined when it has no 802.1X. */
  async ieee8021x(name: string, options: CallOptions = {}): Promise<Ieee8021x | undefined> {
    const all = await this.#wsman.enumerateExactly(CIM_IEEE8021xSettings, options);
    const found = all.find((one) => one.ElementName === name);
    return found === undefined ? undefined : ieee8021xOf(found);
  }

  /** What guards each network that has 802.1X, by the profile's name, and which certificates of the device's it uses. */
  async guards(options: CallOptions = {}): Promise<ReadonlyMap<string, StoredGuard>> {
    const all = await this.#wsman.enumerateExactly(CIM_IEEE8021xSettings, options);
    if (all.length === 0) return new Map();
    const ties = await this.#wsman.enumerateExactly(CIM_CredentialContext, options);
    return new Map(
      all.map((one) => {
        const its = ties.filter((tie) => tie.ElementProvidingContext.selectors["InstanceID"] === one.InstanceID);
        const certificateIds = its.map((tie) => String(tie.ElementInContext.selectors["InstanceID"] ?? ""));
        return [one.ElementName ?? "", { settings: ieee8021xOf(one), certificateIds }];
      }),
    );
  }

  /** Removes the profiles of managers, or those that came from the host. @throws amt.wifi.refused (device) */
  async removeAll(of: "managers" | "users", options: CallOptions = {}): Promise<void> {
    const isOurs = of === "managers";
    const { ReturnValue } = isOurs
      ? await this.#wsman.invoke(AMT_WiFiPortConfigurationService, "DeleteAllITProfiles", {}, options)
      : await this.#wsman.invoke(AMT_WiFiPortConfigurationService, "DeleteAllUserProfiles", {}, options);
    this.#check(isOurs ? "DeleteAllITProfiles" : "DeleteAllUserProfiles", ReturnValue, "wifi");
  }

  async sharing(options: CallOptions = {}): Promise<WifiSharing> {
    const service = await this.#wsman.get(AMT_WiFiPortConfigurationService, undefined, options);
    return {
      hostProfiles: service.localProfileSynchronizationEnabled ?? "disabled",
      sharesWithBios: service.UEFIWiFiProfileShareEnabled,
    };
  }

  /** @throws amt.wifi.refused, amt.release.lacking (device) */
  async setSharing(
    to: { readonly hostProfiles?: keyof typeof profileSynchronizations; readonly sharesWithBios?: boolean },
    options: CallOptions = {},
  ): Promise<void> {
    const { hostProfiles, sharesWithBios } = to;
    const changes = {
      ...(hostProfiles === undefined ? {} : { localProfileSynchronizationEnabled: hostProfiles }),
      ...(sharesWithBios === undefined ? {} : { UEFIWiFiProfileShareEnabled: sharesWithBios }),
    };
    try {
      await this.#wsman.put(AMT_WiFiPortConfigurationService, changes, undefined, options);
    } catch (cause) {
      throw refusalOf("amt.wifi.refused", cause);
    }
  }

  /** @param name of the profile */
  async remove(name: string, options: CallOptions = {}): Promise<void> {
    await this.#wsman.delete(CIM_WiFiEndpointSettings, { InstanceID: idOf(name) }, options);
  }

  async #requireMethod({ authentication }: NewWifiProfile, options: CallOptions): Promise<void> {
    const has = await this.supported(options);
    // A machine without a port says so itself, and numbers are the caller's own concern.
    if (has.length === 0 || typeof authentication === "number" || has.includes(authentication)) return;
    const { details } = this.#wsman.connection;
    throw fail("amt.platform.lacking", { details: { ...details, wanted: authentication, has: has.join(", ") } });
  }

  #check(method: string, returnValue: number, family: "wifi" | "state-change"): void {
    if (returnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.wifi.refused", { family, method, returnValue, details });
  }
}

function idOf(name: string): string {
  return `Intel(r) AMT:WiFi Endpoint Settings ${name}`;
}

function inputOf({ name, ssid, priority, authentication, encryption, passphrase, ieee8021x }: NewWifiProfile) {
  const { certificateId, rootId } = ieee8021x ?? {};
  return {
    WiFiEndpointSettingsInput: {
      InstanceID: idOf(name),
      ElementName: name,
      SSID: ssid,
      Priority: priority,
      AuthenticationMethod: authentication,
      EncryptionMethod: encryption,
      BSSType: 3,
      ...(passphrase === undefined ? {} : { PSKPassPhrase: passphrase }),
    },
    ...(ieee8021x === undefined
      ? {}
      : { IEEE8021xSettingsInput: { ElementName: name, ...ieee8021xValues(ieee8021x) } }),
    ...(certificateId === undefined ? {} : { ClientCredential: certificateAt(certificateId) }),
    ...(rootId === undefined ? {} : { CACredential: certificateAt(rootId) }),
  };
}
