import type { VigilError } from "@vigil/base/errors.ts";
import { AMT_PublicKeyCertificate } from "@vigil/model/amt/AMT_PublicKeyCertificate.ts";
import { AMT_PublicKeyManagementService } from "@vigil/model/amt/AMT_PublicKeyManagementService.ts";
import { AMT_PublicPrivateKeyPair } from "@vigil/model/amt/AMT_PublicPrivateKeyPair.ts";
import { AMT_TLSCredentialContext } from "@vigil/model/amt/AMT_TLSCredentialContext.ts";
import { AMT_TLSProtocolEndpointCollection } from "@vigil/model/amt/AMT_TLSProtocolEndpointCollection.ts";
import { AMT_TLSSettingData } from "@vigil/model/amt/AMT_TLSSettingData.ts";
import type { Instance } from "@vigil/model/define.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { nullSignedRequest, type RequestSubject } from "../pkcs10.ts";
import { refusal } from "../status.ts";
import type { CallOptions, Returned, Wsman } from "../wsman/client.ts";

/** A key pair whose private half never leaves the device. */
export interface KeyPair {
  /** The firmware's name for it. */
  readonly id: string;
  /** PKCS#1 RSAPublicKey, DER. */
  readonly publicKey: Uint8Array;
}

/** A certificate in the device's store. */
export interface StoredCertificate {
  /** The firmware's name for it. */
  readonly id: string;
  readonly der: Uint8Array;
  readonly isTrustedRoot: boolean;
  /** As the firmware writes it: "C=..,O=..,CN=..". */
  readonly subject: string;
  readonly issuer: string;
}

/** TLS as the network sees it. */
export interface TlsState {
  readonly isEnabled: boolean;
  /** True while plain 16992 stays open beside TLS. */
  readonly acceptsPlain: boolean;
  /** True when clients must show a certificate. */
  readonly isMutual: boolean;
  /** The certificate that is shown; null when none is bound. */
  readonly certificateId: string | null;
}

const networkSettings = "Intel(r) AMT 802.3 TLS Settings";
const localSettings = "Intel(r) AMT LMS TLS Settings";
/** As clients send it; firmware shows a blank more when it is read. @source protocols B.12 */
const endpoints = referenceTo(AMT_TLSProtocolEndpointCollection, {
  ElementName: "TLSProtocolEndpointInstances Collection",
});
const rsa = 0;
const sha256 = 1;
/** Random numbers or keys are still being made: ask again. @source protocols A.13, B.12 */
const notYet: ReadonlySet<number> = new Set([47, 48, 2047, 2048, 2061]);
// As MeshCentral does: firmware makes a key in the background when it has none in store.
const keyPollMs = 10_000;
const maxKeyPolls = 20;
/** Chosen: making a key inside the call has been seen to take tens of seconds. UNVERIFIED */
const keyTimeoutMs = 120_000;

type Method = "AddCertificate" | "AddTrustedRootCertificate";

/** Keys and certificates of the device, and its TLS ports. */
export class Tls {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  async state(options: CallOptions = {}): Promise<TlsState> {
    const settings = await this.#wsman.get(AMT_TLSSettingData, { InstanceID: networkSettings }, options);
    const [context] = await this.#wsman.enumerate(AMT_TLSCredentialContext, options);
    return {
      isEnabled: settings.Enabled ?? false,
      acceptsPlain: settings.Enabled !== true || (settings.AcceptNonSecureConnections ?? false),
      isMutual: settings.MutualAuthentication ?? false,
      certificateId: context === undefined ? null : idIn(context.ElementInContext),
    };
  }

  async keyPairs(options: CallOptions = {}): Promise<KeyPair[]> {
    const all = await this.#wsman.enumerate(AMT_PublicPrivateKeyPair, options);
    return all.map((one) => keyPairOf(one));
  }

  async certificates(options: CallOptions = {}): Promise<StoredCertificate[]> {
    const all = await this.#wsman.enumerate(AMT_PublicKeyCertificate, options);
    return all.map((one) => ({
      id: one.InstanceID,
      der: one.X509Certificate ?? new Uint8Array(0),
      isTrustedRoot: one.TrustedRootCertficate ?? false,
      subject: one.Subject ?? "",
      issuer: one.Issuer ?? "",
    }));
  }

  /**
   * Makes an RSA-2048 key pair on the device; waits while the firmware has none ready.
   * @throws amt.certificate.refused (device); so do all below
   */
  async generateKeyPair(options: CallOptions = {}): Promise<KeyPair> {
    const method = "GenerateKeyPair";
    const { clock } = this.#wsman.connection;
    const long = { timeoutMs: keyTimeoutMs, ...options };
    for (let polls = 0; ; polls += 1) {
      const input = { KeyAlgorithm: rsa, KeyLength: 2048 };
      const made = await this.#wsman.invoke(AMT_PublicKeyManagementService, method, input, long);
      if (made.ReturnValue === 0 && made.KeyPair !== undefined) {
        const selectors = { InstanceID: idIn(made.KeyPair) };
        return keyPairOf(await this.#wsman.get(AMT_PublicPrivateKeyPair, selectors, options));
      }
      if (!notYet.has(made.ReturnValue) || polls >= maxKeyPolls) throw this.#refusal(method, made.ReturnValue);
      await clock.sleep(keyPollMs, options.signal);
    }
  }

  /** Has the device sign a certificate request for its key. @returns PKCS#10, DER */
  async requestCertificate(keyPair: KeyPair, subject: RequestSubject, options: CallOptions = {}): Promise<Uint8Array> {
    const method = "GeneratePKCS10RequestEx";
    const input = {
      KeyPair: referenceTo(AMT_PublicPrivateKeyPair, { InstanceID: keyPair.id }),
      SigningAlgorithm: sha256,
      NullSignedCertificateRequest: nullSignedRequest(keyPair.publicKey, subject),
    };
    // Signing changes nothing on the device.
    const read = { ...options, effect: "read" } as const;
    const made = await this.#wsman.invoke(AMT_PublicKeyManagementService, method, input, read);
    if (made.ReturnValue !== 0 || made.SignedCertificateRequest === undefined) {
      throw this.#refusal(method, made.ReturnValue);
    }
    return made.SignedCertificateRequest;
  }

  /** Stores a certificate whose key is on the device, or one of its issuers. @returns its id */
  addCertificate(der: Uint8Array, options: CallOptions = {}): Promise<string> {
    return this.#add("AddCertificate", der, options);
  }

  /** Stores a certificate against which the device checks others. @returns its id */
  addTrustedRoot(der: Uint8Array, options: CallOptions = {}): Promise<string> {
    return this.#add("AddTrustedRootCertificate", der, options);
  }

  /** Deletes a certificate that is not in use. */
  async removeCertificate(id: string, options: CallOptions = {}): Promise<void> {
    await this.#wsman.delete(AMT_PublicKeyCertificate, { InstanceID: id }, options);
  }

  /** Deletes a key pair to which no certificate belongs. */
  async removeKeyPair(id: string, options: CallOptions = {}): Promise<void> {
    await this.#wsman.delete(AMT_PublicPrivateKeyPair, { InstanceID: id }, options);
  }

  /** Makes the TLS ports show that certificate, once the changes are committed. */
  async bind(certificateId: string, options: CallOptions = {}): Promise<void> {
    const context = {
      ElementInContext: referenceTo(AMT_PublicKeyCertificate, { InstanceID: certificateId }),
      ElementProvidingContext: endpoints,
    };
    const [bound] = await this.#wsman.enumerate(AMT_TLSCredentialContext, options);
    if (bound === undefined) await this.#wsman.create(AMT_TLSCredentialContext, context, options);
    else if (idIn(bound.ElementInContext) !== certificateId) {
      await this.#wsman.putWhole(AMT_TLSCredentialContext, context, undefined, options);
    }
  }

  /** Switches TLS on towards network and host, once the changes are committed. Needs a bound certificate. */
  async enable(choice: { readonly acceptsPlain: boolean }, options: CallOptions = {}): Promise<void> {
    const network = { Enabled: true, MutualAuthentication: false, AcceptNonSecureConnections: choice.acceptsPlain };
    await this.#wsman.put(AMT_TLSSettingData, network, { InstanceID: networkSettings }, options);
    await this.#wsman.put(AMT_TLSSettingData, { Enabled: true }, { InstanceID: localSettings }, options);
  }

  /** Switches TLS off, once the changes are committed. Releases that speak TLS alone refuse it. */
  async disable(options: CallOptions = {}): Promise<void> {
    const network = { Enabled: false, MutualAuthentication: false };
    await this.#wsman.put(AMT_TLSSettingData, network, { InstanceID: networkSettings }, options);
    await this.#wsman.put(AMT_TLSSettingData, { Enabled: false }, { InstanceID: localSettings }, options);
  }

  async #add(method: Method, der: Uint8Array, options: CallOptions): Promise<string> {
    const input = { CertificateBlob: der };
    const added: Returned<typeof AMT_PublicKeyManagementService, Method> = await this.#wsman.invoke(
      AMT_PublicKeyManagementService,
      method,
      input,
      options,
    );
    if (added.ReturnValue !== 0 || added.CreatedCertificate === undefined)
      throw this.#refusal(method, added.ReturnValue);
    return idIn(added.CreatedCertificate);
  }

  #refusal(method: string, returnValue: number): VigilError {
    const { details } = this.#wsman.connection;
    return refusal("amt.certificate.refused", { family: "amt", method, returnValue, details });
  }
}

function keyPairOf(from: Instance<typeof AMT_PublicPrivateKeyPair>): KeyPair {
  return { id: from.InstanceID, publicKey: from.DERKey ?? new Uint8Array(0) };
}

function idIn(reference: EndpointReference): string {
  const id = reference.selectors["InstanceID"];
  return typeof id === "string" ? id : "";
}
