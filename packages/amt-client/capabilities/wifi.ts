import { AMT_WiFiPortConfigurationService } from "@vigil/model/amt/AMT_WiFiPortConfigurationService.ts";
import { CIM_WiFiEndpoint } from "@vigil/model/cim/CIM_WiFiEndpoint.ts";
import {
  authenticationMethods,
  CIM_WiFiEndpointSettings,
  encryptionMethods,
} from "@vigil/model/cim/CIM_WiFiEndpointSettings.ts";
import { CIM_WiFiPort, wifiPortStates } from "@vigil/model/cim/CIM_WiFiPort.ts";
import type { Instance } from "@vigil/model/define.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import type { CIM_IEEE8021xSettings } from "@vigil/model/cim/CIM_IEEE8021xSettings.ts";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { refusal } from "../status.ts";
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
  readonly enterprise?: {
    readonly settings: Partial<Instance<typeof CIM_IEEE8021xSettings>>;
    readonly clientCertificate?: EndpointReference;
    readonly root?: EndpointReference;
  };
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

  /** @throws amt.wifi.refused (device) */
  async add(profile: NewWifiProfile, options: CallOptions = {}): Promise<void> {
    const { enterprise, passphrase } = profile;
    const method = "AddWiFiSettings";
    const input = {
      WiFiEndpoint: endpoint,
      WiFiEndpointSettingsInput: {
        InstanceID: `Intel(r) AMT:WiFi Endpoint Settings ${profile.name}`,
        ElementName: profile.name,
        SSID: profile.ssid,
        Priority: profile.priority,
        AuthenticationMethod: profile.authentication,
        EncryptionMethod: profile.encryption,
        BSSType: 3,
        ...(passphrase === undefined ? {} : { PSKPassPhrase: passphrase }),
      },
      ...(enterprise === undefined ? {} : { IEEE8021xSettingsInput: enterprise.settings }),
      ...(enterprise?.clientCertificate === undefined ? {} : { ClientCredential: enterprise.clientCertificate }),
      ...(enterprise?.root === undefined ? {} : { CACredential: enterprise.root }),
    };
    const { ReturnValue } = await this.#wsman.invoke(AMT_WiFiPortConfigurationService, method, input, options);
    this.#check(method, ReturnValue, "wifi");
  }

  /** @param name of the profile */
  async remove(name: string, options: CallOptions = {}): Promise<void> {
    const InstanceID = `Intel(r) AMT:WiFi Endpoint Settings ${name}`;
    await this.#wsman.delete(CIM_WiFiEndpointSettings, { InstanceID }, options);
  }

  #check(method: string, returnValue: number, family: "wifi" | "state-change"): void {
    if (returnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.wifi.refused", { family, method, returnValue, details });
  }
}
