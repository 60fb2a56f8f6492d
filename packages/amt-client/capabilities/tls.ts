import type { VigilError } from "@vigil/base/errors.ts";
import { AMT_CRL } from "@vigil/model/amt/AMT_CRL.ts";
import { AMT_PublicKeyCertificate } from "@vigil/model/amt/AMT_PublicKeyCertificate.ts";
import { AMT_PublicKeyManagementCapabilities } from "@vigil/model/amt/AMT_PublicKeyManagementCapabilities.ts";
import { AMT_PublicKeyManagementService } from "@vigil/model/amt/AMT_PublicKeyManagementService.ts";
import { AMT_PublicPrivateKeyPair } from "@vigil/model/amt/AMT_PublicPrivateKeyPair.ts";
import { AMT_TLSCredentialContext } from "@vigil/model/amt/AMT_TLSCredentialContext.ts";
import { AMT_TLSProtocolEndpointCollection } from "@vigil/model/amt/AMT_TLSProtocolEndpointCollection.ts";
import { AMT_TLSSettingData } from "@vigil/model/amt/AMT_TLSSettingData.ts";
import type { Changes, Instance } from "@vigil/model/define.ts";
import { compareReleases } from "@vigil/model/firmware.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { fail } from "../errors.ts";
import { nullSignedRequest, type RequestHash, type RequestSubject } from "../pkcs10.ts";
import { refusal, refusalOf } from "../status.ts";
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
  /** The names that such a certificate may have; none means any. */
  readonly trustedNames: readonly string[];
  /** The certificate that is shown; null when none is bound. */
  readonly certificateId: string | null;
  /** TLS towards the machine's own operating system. */
  readonly isLocalEnabled: boolean;
}

/** What the store can hold. */
export interface StoreLimits {
  readonly keyBits: readonly number[];
  readonly trustedRoots: number;
  readonly rootBytes: number;
  readonly chainBytes: number;
  readonly trustedNames: number;
  readonly trustedNameLength: number;
  readonly revocationBytes: number;
}

/** Certificates that the device no longer believes, for mutual TLS. */
export interface Revocations {
  readonly url: string;
  /** Hexadecimal digits. */
  readonly serialNumbers: readonly string[];
}

const networkSettings = "Intel(r) AMT 802.3 TLS Settings";
const localSettings = "Intel(r) AMT LMS TLS Settings";
/** As clients send it; firmware shows a blank more when it is read. @source protocols B.12 */
const endpoints = referenceTo(AMT_TLSProtocolEndpointCollection, {
  ElementName: "TLSProtocolEndpointInstances Collection",
});
const rsa = 0;
/** Every release makes these. */
const usualKeyBits = 2048;
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
    const local = await this.#wsman.get(AMT_TLSSettingData, { InstanceID: localSettings }, options);
    const [context] = await this.#wsman.enumerate(AMT_TLSCredentialContext, options);
    return {
      isEnabled: settings.Enabled ?? false,
      acceptsPlain: settings.Enabled !== true || (settings.AcceptNonSecureConnections ?? false),
      isMutual: settings.MutualAuthentication ?? false,
      trustedNames: settings.TrustedCN ?? [],
      certificateId: context === undefined ? null : idIn(context.ElementInContext),
      isLocalEnabled: local.Enabled ?? false,
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

  async limits(options: CallOptions = {}): Promise<StoreLimits> {
    const limits = await this.#wsman.get(AMT_PublicKeyManagementCapabilities, undefined, options);
    return {
      keyBits: limits.SupportedKeyLengths ?? [usualKeyBits],
      trustedRoots: limits.RootCertMaxCount ?? 0,
      rootBytes: limits.RootCertMaxSize ?? 0,
      chainBytes: limits.CertChainMaxSize ?? 0,
      trustedNames: limits.CommonNameMaxCount ?? 0,
      trustedNameLength: limits.CommonNameMaxSize ?? 0,
      revocationBytes: limits.MaximumCRLSize ?? 0,
    };
  }

  /**
   * Makes an RSA key pair on the device; waits while the firmware has none ready.
   * @param options.bits 2048 unless said otherwise; 3072 from release 15 on
   * @throws amt.release.lacking before release 6.2; amt.platform.lacking for another length, amt.certificate.refused (device); so do all below
   */
  async generateKeyPair(options: CallOptions & { readonly bits?: number } = {}): Promise<KeyPair> {
    const { bits = usualKeyBits } = options;
    if (bits !== usualKeyBits) {
      const { keyBits } = await this.limits(options);
      if (!keyBits.includes(bits)) throw this.#lacking(`RSA-${bits}`, keyBits.map((one) => `RSA-${one}`).join(", "));
    }
    const method = "GenerateKeyPair";
    const { clock } = this.#wsman.connection;
    const long = { timeoutMs: keyTimeoutMs, ...options };
    for (let polls = 0; ; polls += 1) {
      const input = { KeyAlgorithm: rsa, KeyLength: bits };
      const made = await this.#wsman.invoke(AMT_PublicKeyManagementService, method, input, long);
      if (made.ReturnValue === 0 && made.KeyPair !== undefined) return this.#keyPair(made.KeyPair, options);
      if (!notYet.has(made.ReturnValue) || polls >= maxKeyPolls) throw this.#refusal(method, made.ReturnValue);
      await clock.sleep(keyPollMs, options.signal);
    }
  }

  /** Stores a key pair that was made elsewhere. @param privateKey PKCS#1 RSAPrivateKey, DER */
  async addKeyPair(privateKey: Uint8Array, options: CallOptions = {}): Promise<KeyPair> {
    const input = { KeyBlob: privateKey };
    const added = await this.#wsman.invoke(AMT_PublicKeyManagementService, "AddKey", input, options);
    if (added.ReturnValue !== 0 || added.CreatedKey === undefined) throw this.#refusal("AddKey", added.ReturnValue);
    return this.#keyPair(added.CreatedKey, options);
  }

  /**
   * Has the device sign a certificate request for its key.
   * @param options.hash of the signature; what the release can do best unless said otherwise
   * @returns PKCS#10, DER
   */
  async requestCertificate(
    keyPair: KeyPair,
    subject: RequestSubject,
    options: CallOptions & { readonly hash?: RequestHash } = {},
  ): Promise<Uint8Array> {
    const method = "GeneratePKCS10RequestEx";
    const hash = options.hash ?? this.#usualHash();
    const input = {
      KeyPair: referenceTo(AMT_PublicPrivateKeyPair, { InstanceID: keyPair.id }),
      SigningAlgorithm: hash,
      NullSignedCertificateRequest: nullSignedRequest(keyPair.publicKey, subject, hash),
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

  /**
   * Stores a certificate against which the device checks others. Firmware refuses it while mutual TLS is in force.
   * @source Intel AMT Implementation and Reference Guide, "Add a Trusted Root Certificate"
   * @returns its id
   */
  addTrustedRoot(der: Uint8Array, options: CallOptions = {}): Promise<string> {
    return this.#add("AddTrustedRootCertificate", der, options);
  }

  /** Deletes a certificate that is not in use. */
  async removeCertificate(id: string, options: CallOptions = {}): Promise<void> {
    await this.#told(this.#wsman.delete(AMT_PublicKeyCertificate, { InstanceID: id }, options));
  }

  /** Deletes a key pair to which no certificate belongs. */
  async removeKeyPair(id: string, options: CallOptions = {}): Promise<void> {
    await this.#told(this.#wsman.delete(AMT_PublicPrivateKeyPair, { InstanceID: id }, options));
  }

  /** Makes the TLS ports show that certificate, once the changes are committed. */
  async bind(certificateId: string, options: CallOptions = {}): Promise<void> {
    const context = {
      ElementInContext: referenceTo(AMT_PublicKeyCertificate, { InstanceID: certificateId }),
      ElementProvidingContext: endpoints,
    };
    const [bound] = await this.#wsman.enumerate(AMT_TLSCredentialContext, options);
    if (bound === undefined) await this.#told(this.#wsman.create(AMT_TLSCredentialContext, context, options));
    else if (idIn(bound.ElementInContext) !== certificateId) {
      await this.#told(this.#wsman.putWhole(AMT_TLSCredentialContext, context, undefined, options));
    }
  }

  /** Lets go of the certificate that the TLS ports show; TLS must be off. */
  async unbind(options: CallOptions = {}): Promise<void> {
    const [bound] = await this.#wsman.enumerate(AMT_TLSCredentialContext, options);
    if (bound === undefined) return;
    const { ElementInContext, ElementProvidingContext } = bound;
    const selectors = { ElementInContext, ElementProvidingContext };
    await this.#told(this.#wsman.delete(AMT_TLSCredentialContext, selectors, options));
  }

  /**
   * Switches TLS on towards the network, once the changes are committed. Needs a bound certificate.
   * @param choice.isLocal towards the machine itself as well; so it is unless said otherwise
   * @param choice.mutual clients must show a certificate of a trusted root, made out for a remote console and to one of these
   *   names when there are any; without it they need none
   */
  async enable(
    choice: {
      readonly acceptsPlain: boolean;
      readonly isLocal?: boolean;
      readonly mutual?: { readonly trustedNames: readonly string[] };
    },
    options: CallOptions = {},
  ): Promise<void> {
    const { acceptsPlain, isLocal = true, mutual } = choice;
    const network = {
      Enabled: true,
      MutualAuthentication: mutual !== undefined,
      AcceptNonSecureConnections: acceptsPlain,
      TrustedCN: mutual?.trustedNames ?? [],
    };
    await this.#put(network, networkSettings, options);
    await this.#put({ Enabled: isLocal }, localSettings, options);
  }

  /** Switches TLS off, once the changes are committed. Releases that speak TLS alone refuse it. */
  async disable(options: CallOptions = {}): Promise<void> {
    await this.#put({ Enabled: false, MutualAuthentication: false }, networkSettings, options);
    await this.#put({ Enabled: false }, localSettings, options);
  }

  /** What the device has been told not to believe. */
  async revocations(options: CallOptions = {}): Promise<Revocations[]> {
    const all = await this.#wsman.enumerate(AMT_CRL, options);
    return all.map(({ Url = "", SerialNumbers = [] }) => ({ url: Url, serialNumbers: SerialNumbers }));
  }

  /** Has mutual TLS refuse certificates by their serial numbers, in place of all that it was told before. */
  async setRevocations(all: readonly Revocations[], options: CallOptions = {}): Promise<void> {
    const reset = await this.#wsman.invoke(AMT_PublicKeyManagementService, "ResetCRLList", {}, options);
    if (reset.ReturnValue !== 0) throw this.#refusal("ResetCRLList", reset.ReturnValue);
    for (const { url, serialNumbers } of all) {
      const input = { Url: url, SerialNumbers: serialNumbers };
      const added = await this.#wsman.invoke(AMT_PublicKeyManagementService, "AddCRL", input, options);
      if (added.ReturnValue !== 0) throw this.#refusal("AddCRL", added.ReturnValue);
    }
  }

  async #put(changes: Changes<typeof AMT_TLSSettingData>, InstanceID: string, options: CallOptions): Promise<void> {
    await this.#told(this.#wsman.put(AMT_TLSSettingData, changes, { InstanceID }, options));
  }

  async #keyPair(at: EndpointReference, options: CallOptions): Promise<KeyPair> {
    return keyPairOf(await this.#wsman.get(AMT_PublicPrivateKeyPair, { InstanceID: idIn(at) }, options));
  }

  /** Firmware before 11 signs with SHA-1 alone. @source protocols B.12; which release began UNVERIFIED */
  #usualHash(): RequestHash {
    const { release } = this.#wsman.connection;
    return release !== undefined && compareReleases(release, "11.0") < 0 ? "sha1" : "sha256";
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

  async #told(change: Promise<unknown>): Promise<void> {
    try {
      await change;
    } catch (cause) {
      throw refusalOf("amt.certificate.refused", cause);
    }
  }

  #lacking(wanted: string, has: string): VigilError {
    return fail("amt.platform.lacking", { details: { ...this.#wsman.connection.details, wanted, has } });
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
