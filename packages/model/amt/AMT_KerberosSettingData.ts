import { base64, boolean, defineClass, enumOf, method, string, uint32 } from "../define.ts";
import { CIM_SettingData } from "../cim/CIM_SettingData.ts";

/** @source protocols B.11 */
export const kerberosEncryptions = { rc4Hmac: 0, aes128Sha1: 1, aes256Sha1: 2 } as const;

/** @source protocols B.11 */
export const servicePrincipalProtocols = { http: 0, https: 1, redirection: 2, redirectionTls: 3 } as const;

/** The realm, names and key with which Kerberos users log in.  @source class catalogue */
export const AMT_KerberosSettingData = defineClass("AMT_KerberosSettingData", {
  extends: CIM_SettingData,
  properties: {
    ConfiguredEncryptionAlgorithms: enumOf(kerberosEncryptions, { list: true, since: "12.0" }),
    EncryptionAlgorithm: enumOf(kerberosEncryptions),
    IterationCount: uint32(),
    KeyVersion: uint32(),
    KrbEnabled: boolean(),
    MasterKey: base64({ secret: true }),
    MaximumClockTolerance: uint32(),
    Passphrase: string({ secret: true }),
    RealmName: string(),
    Salt: string(),
    ServicePrincipalName: string({ list: true }),
    ServicePrincipalProtocol: enumOf(servicePrincipalProtocols, { list: true }),
    SupportedEncryptionAlgorithms: enumOf(kerberosEncryptions, { readonly: true, list: true, since: "12.0" }),
  },
  methods: {
    GetCredentialCacheState: method({ output: { Enabled: boolean() } }),
    SetCredentialCacheState: method({ input: { Enable: boolean() } }),
  },
});
