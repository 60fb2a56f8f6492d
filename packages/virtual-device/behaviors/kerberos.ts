import { AMT_KerberosSettingData } from "@vigil/model/amt/AMT_KerberosSettingData.ts";
import { realms, returns, type Behavior } from "../behavior.ts";
import { settings } from "../settings.ts";

/** PT_STATUS. @source protocols A.13 */
const invalidParameter = 36;
const invalidPassphrase = 2070;

/** The realm and the key with which Kerberos users log in. @source protocols B.11 */
export const kerberos: readonly Behavior[] = [
  settings(AMT_KerberosSettingData)({
    realm: realms.administration,
    list: () => [
      {
        ElementName: "Intel(r) AMT: Kerberos Settings",
        // The blank is firmware's own. @source protocols B.11
        InstanceID: "Intel (r) AMT: Kerberos Settings",
        KrbEnabled: false,
        SupportedEncryptionAlgorithms: ["rc4Hmac", "aes128Sha1", "aes256Sha1"],
      },
    ],
    check(_call, value) {
      if (value.KrbEnabled !== true) return undefined;
      const { RealmName = "", ServicePrincipalName = [], KeyVersion, MasterKey, Passphrase, Salt } = value;
      const hasNames = RealmName !== "" && RealmName.length <= 48 && ServicePrincipalName.length > 0;
      if (!hasNames || KeyVersion === undefined) return { fault: "InternalError", status: invalidParameter };
      if (Passphrase !== undefined && Salt === undefined) return { fault: "InternalError", status: invalidPassphrase };
      if (Passphrase !== undefined || MasterKey?.length === 16 || MasterKey?.length === 32) return undefined;
      return { fault: "InternalError", status: invalidParameter };
    },
    changed: ({ firmware }) => firmware.audit("security.kerberos"),
    methods: {
      GetCredentialCacheState: ({ firmware }) => ({ Enabled: firmware.state.isCredentialCacheOn, ReturnValue: 0 }),
      SetCredentialCacheState({ firmware }, { Enable }) {
        firmware.change((state) => {
          state.isCredentialCacheOn = Enable;
        });
        return returns(0);
      },
    },
  }),
];
