import { boolean, defineClass, enumOf, method, reference, uint32 } from "../define.ts";
import { CIM_IEEE8021xSettings } from "../cim/CIM_IEEE8021xSettings.ts";

/** @source protocols B.6 */
export const switchedStates = { enabled: 2, disabled: 3 } as const;

/** The wired 802.1X settings.  @source class catalogue */
export const IPS_IEEE8021xSettings = defineClass("IPS_IEEE8021xSettings", {
  extends: CIM_IEEE8021xSettings,
  since: "11.0",
  properties: {
    AvailableInS0: boolean(),
    Enabled: enumOf(switchedStates),
    PxeTimeout: uint32(),
  },
  methods: {
    SetCertificates: method({
      input: {
        ServerCertificateIssuer: reference("AMT_PublicKeyCertificate", { optional: true }),
        ClientCertificate: reference("AMT_PublicKeyCertificate", { optional: true }),
      },
    }),
  },
});
