import { AMT_KerberosSettingData } from "@vigil/model/amt/AMT_KerberosSettingData.ts";
import { compareReleases } from "@vigil/model/firmware.ts";
import { realms, returns, type Behavior, type Refusal } from "../behavior.ts";
import { mostToleranceMinutes } from "../kerberos/settings.ts";
import { settings } from "../settings.ts";
import { chosen, keep, storedOf } from "../stored.ts";

/** PT_STATUS. @source protocols A.13 */
const invalidParameter = 36;
const invalidPassphrase = 2070;
/** Chosen: a key of so many takes the virtual device 60 ms; the usual number is 4,096. */
const mostIterations = 100_000;

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
    check({ firmware }, value) {
      if (value.KrbEnabled !== true) return undefined;
      const { RealmName = "", ServicePrincipalName = [], KeyVersion, MasterKey, Passphrase, Salt } = value;
      const hasNames = RealmName !== "" && RealmName.length <= 48 && ServicePrincipalName.length > 0;
      if (!hasNames || KeyVersion === undefined) return refused(invalidParameter);
      const { MaximumClockTolerance = 0, IterationCount = 0, EncryptionAlgorithm = "rc4Hmac" } = value;
      if (MaximumClockTolerance > mostToleranceMinutes || IterationCount > mostIterations)
        return refused(invalidParameter);
      // Before 8.0 there was RC4 alone. @source SDK "Using Active Directory to Manage Intel AMT Devices"
      if (EncryptionAlgorithm !== "rc4Hmac" && compareReleases(firmware.release, "8.0") < 0)
        return refused(invalidParameter);
      if (Passphrase !== undefined && Salt === undefined) return refused(invalidPassphrase);
      const keyBytes = EncryptionAlgorithm === "aes256Sha1" ? 32 : 16;
      return Passphrase !== undefined || MasterKey?.length === keyBytes ? undefined : refused(invalidParameter);
    },
    changed({ firmware }, _before, after) {
      // A key takes the place of a passphrase, and the other way round: one of them would be kept otherwise.
      const { MasterKey, Passphrase } = after;
      const [stored] = storedOf(firmware, AMT_KerberosSettingData);
      if (stored !== undefined && (MasterKey !== undefined || Passphrase !== undefined)) {
        const dropped = MasterKey !== undefined ? "Passphrase" : "MasterKey";
        const kept = chosen(AMT_KerberosSettingData, (name) =>
          name === dropped ? undefined : Reflect.get(stored, name),
        );
        keep(firmware, AMT_KerberosSettingData, [kept]);
      }
      firmware.audit("security.kerberos");
    },
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

function refused(status: number): Refusal {
  return { fault: "InternalError", status };
}
