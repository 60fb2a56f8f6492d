import { boolean, defineClass, enumOf, method, reference, string, uint32 } from "../define.ts";
import { embedded } from "../embedded.ts";
import { CIM_IEEE8021xSettings } from "../cim/CIM_IEEE8021xSettings.ts";
import { CIM_NetworkPortConfigurationService } from "../cim/CIM_NetworkPortConfigurationService.ts";
import { CIM_WiFiEndpointSettings } from "../cim/CIM_WiFiEndpointSettings.ts";

/** @source protocols B.6 */
export const profileSynchronizations = { disabled: 0, localUserProfiles: 1, unrestricted: 3 } as const;

/** Wireless profiles, and whether they are shared with the host.  @source class catalogue */
export const AMT_WiFiPortConfigurationService = defineClass("AMT_WiFiPortConfigurationService", {
  extends: CIM_NetworkPortConfigurationService,
  properties: {
    LastConnectedSsidUnderMeControl: string({ readonly: true, since: "11.0" }),
    NoHostCsmeSoftwarePolicy: uint32({ since: "11.0" }),
    UEFIWiFiProfileShareEnabled: boolean({ since: "16.0" }),
    localProfileSynchronizationEnabled: enumOf(profileSynchronizations),
  },
  methods: {
    AddWiFiSettings: method({
      input: {
        WiFiEndpoint: reference("CIM_WiFiEndpoint"),
        WiFiEndpointSettingsInput: embedded(CIM_WiFiEndpointSettings),
        IEEE8021xSettingsInput: embedded(CIM_IEEE8021xSettings, { optional: true }),
        ClientCredential: reference("AMT_PublicKeyCertificate", { optional: true }),
        CACredential: reference("AMT_PublicKeyCertificate", { optional: true }),
      },
      output: {
        WiFiEndpointSettings: reference("CIM_WiFiEndpointSettings"),
        IEEE8021xSettings: reference("CIM_IEEE8021xSettings"),
      },
    }),
    UpdateWiFiSettings: method({
      input: {
        WiFiEndpointSettings: reference("CIM_WiFiEndpointSettings"),
        WiFiEndpointSettingsInput: embedded(CIM_WiFiEndpointSettings),
        IEEE8021xSettingsInput: embedded(CIM_IEEE8021xSettings, { optional: true }),
        ClientCredential: reference("AMT_PublicKeyCertificate", { optional: true }),
        CACredential: reference("AMT_PublicKeyCertificate", { optional: true }),
      },
      output: { IEEE8021xSettings: reference("CIM_IEEE8021xSettings") },
    }),
    DeleteAllITProfiles: method(),
    DeleteAllUserProfiles: method(),
  },
});
