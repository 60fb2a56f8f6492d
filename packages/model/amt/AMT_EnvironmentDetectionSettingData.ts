import { boolean, defineClass, enumOf, method, reference, string } from "../define.ts";
import { CIM_SettingData } from "../cim/CIM_SettingData.ts";

/** @source protocols B.13 */
export const detectionAlgorithms = { localDomains: 0, remoteUrls: 1 } as const;

/** How the device tells whether it is inside the company.  @source class catalogue */
export const AMT_EnvironmentDetectionSettingData = defineClass("AMT_EnvironmentDetectionSettingData", {
  extends: CIM_SettingData,
  properties: {
    DetectionAlgorithm: enumOf(detectionAlgorithms),
    DetectionIPv6LocalPrefixes: string({ list: true }),
    DetectionStrings: string({ list: true }),
  },
  methods: {
    SetSystemDefensePolicy: method({ input: { Policy: reference("AMT_SystemDefensePolicy", { optional: true }) } }),
    EnableVpnRouting: method({ input: { Enable: boolean() } }),
  },
});
