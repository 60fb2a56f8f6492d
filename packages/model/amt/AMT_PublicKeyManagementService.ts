import { base64, defineClass, enumOf, method, reference, string, uint32 } from "../define.ts";
import { hashAlgorithms } from "../value-maps.ts";
import { CIM_CredentialManagementService } from "../cim/CIM_CredentialManagementService.ts";

/**
 * Keys, certificate requests and certificates of the device.
 * @source class catalogue; which release makes keys: Intel AMT Implementation and Reference Guide, "Certificate store" (6.2 and 7.0)
 */
export const AMT_PublicKeyManagementService = defineClass("AMT_PublicKeyManagementService", {
  extends: CIM_CredentialManagementService,
  properties: {},
  methods: {
    AddCRL: method({
      input: { Url: string({ optional: true }), SerialNumbers: string({ list: true }) },
      output: { CRL: reference("AMT_CRL") },
    }),
    AddCertificate: method({
      input: { CertificateBlob: base64() },
      output: { CreatedCertificate: reference("AMT_PublicKeyCertificate") },
    }),
    AddTrustedRootCertificate: method({
      input: { CertificateBlob: base64() },
      output: { CreatedCertificate: reference("AMT_PublicKeyCertificate") },
    }),
    AddKey: method({
      input: { KeyBlob: base64({ secret: true }) },
      output: { CreatedKey: reference("AMT_PublicPrivateKeyPair") },
    }),
    GeneratePKCS10RequestEx: method({
      since: "6.2",
      input: {
        KeyPair: reference("AMT_PublicPrivateKeyPair"),
        SigningAlgorithm: enumOf(hashAlgorithms),
        NullSignedCertificateRequest: base64(),
      },
      output: { SignedCertificateRequest: base64() },
    }),
    GenerateKeyPair: method({
      since: "6.2",
      input: { KeyAlgorithm: enumOf({ rsa: 0 }), KeyLength: uint32() },
      output: { KeyPair: reference("AMT_PublicPrivateKeyPair") },
    }),
    ResetCRLList: method(),
  },
});
