import { createPrivateKey, createPublicKey, generateKeyPair, X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import { AMT_CRL } from "@vigil/model/amt/AMT_CRL.ts";
import { AMT_PublicKeyCertificate } from "@vigil/model/amt/AMT_PublicKeyCertificate.ts";
import { AMT_PublicKeyManagementCapabilities } from "@vigil/model/amt/AMT_PublicKeyManagementCapabilities.ts";
import { AMT_PublicKeyManagementService } from "@vigil/model/amt/AMT_PublicKeyManagementService.ts";
import { AMT_PublicPrivateKeyPair } from "@vigil/model/amt/AMT_PublicPrivateKeyPair.ts";
import { AMT_TLSCredentialContext } from "@vigil/model/amt/AMT_TLSCredentialContext.ts";
import { AMT_TLSProtocolEndpoint } from "@vigil/model/amt/AMT_TLSProtocolEndpoint.ts";
import { AMT_TLSProtocolEndpointCollection } from "@vigil/model/amt/AMT_TLSProtocolEndpointCollection.ts";
import { AMT_TLSSettingData } from "@vigil/model/amt/AMT_TLSSettingData.ts";
import { compareReleases } from "@vigil/model/firmware.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { implement, realms, returns, type Behavior, type Refusal } from "../behavior.ts";
import { entries } from "../entries.ts";
import type { Firmware } from "../firmware.ts";
import { amtKeys } from "../names.ts";
import { add, freeNumber, keep, storedOf } from "../stored.ts";
import { signRequest } from "../firmware/pkcs10.ts";
import type { FirmwareState } from "../firmware/state.ts";

/** PT_STATUS. @source protocols A.13 */
const limitReached = 23;
const invalidParameter = 36;
const dataMissing = 2057;
const duplicate = 2058;
const invalidKey = 2062;
const invalidCertificate = 2063;
const notPermitted = 16;
const mostKeys = 8;
const mostLists = 4;
/** Serial numbers of one list. UNVERIFIED */
const mostSerials = 64;
const longestUrl = 250;
const mostCertificates = 16;
/** Bytes of a trusted root; names that mutual TLS trusts. UNVERIFIED; the device says them in its capabilities. */
const longestRoot = 1_500;
const trustedNameLimits = { count: 4, length: 64 } as const;
const make = promisify(generateKeyPair);

const collection = { ElementName: "TLSProtocolEndpoint Instances Collection" } as const;
const networkId = "Intel(r) AMT 802.3 TLS Settings";
const endpointKeys = { CreationClassName: "AMT_TLSProtocolEndpoint", ...amtKeys } as const;
const networkEndpoint = {
  ...endpointKeys,
  ElementName: "Intel(r) AMT 802.3 TLS Protocol Endpoint",
  EnabledState: "enabled",
  Name: "Intel(r) AMT 802.3 TLS Protocol Endpoint",
  ProtocolIFType: 1,
  Role: 1,
} as const;
const localEndpoint = {
  ...networkEndpoint,
  ElementName: "Intel(r) AMT LMS TLS Protocol Endpoint",
  Name: "Intel(r) AMT LMS TLS Protocol Endpoint",
} as const;
const localId = "Intel(r) AMT LMS TLS Settings";

/** Keys, certificates, and the TLS ports. @source protocols B.12 */
export const tls: readonly Behavior[] = [
  implement(AMT_PublicKeyManagementService)({
    realm: realms.administration,
    list: () => [
      {
        CreationClassName: "AMT_PublicKeyManagementService",
        ElementName: "Intel(r) AMT Certificate Store Service",
        EnabledDefault: 5,
        EnabledState: 5,
        Name: "Intel(r) AMT Public Key Management Service",
        RequestedState: 12,
        SystemCreationClassName: "CIM_ComputerSystem",
        SystemName: "Intel(r) AMT",
      },
    ],
    methods: {
      async GenerateKeyPair({ firmware }, { KeyAlgorithm, KeyLength }) {
        if (KeyAlgorithm !== "rsa" || !keyLengthsOf(firmware).includes(KeyLength)) return returns(invalidParameter);
        if (firmware.state.keys.length >= mostKeys) return returns(limitReached);
        const privatePem = KeyLength === 2048 ? firmware.keys.next() : await makeKey(KeyLength);
        return addKey(firmware, privatePem);
      },
      AddKey({ firmware }, { KeyBlob }) {
        try {
          const key = createPrivateKey({ key: Buffer.from(KeyBlob), format: "der", type: "pkcs1" });
          const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
          if (!keyLengthsOf(firmware).includes(modulusLength)) return returns(invalidKey);
          if (firmware.state.keys.some((one) => createPrivateKey(one.privatePem).equals(key)))
            return returns(duplicate);
          const { CreatedKey, ReturnValue } = renamed(
            addKey(firmware, key.export({ type: "pkcs8", format: "pem" }).toString()),
          );
          return { CreatedKey, ReturnValue };
        } catch {
          return returns(invalidKey);
        }
      },
      GeneratePKCS10RequestEx({ firmware }, { KeyPair, SigningAlgorithm, NullSignedCertificateRequest }) {
        const key = firmware.state.keys.find((one) => keyId(one.handle) === KeyPair.selectors["InstanceID"]);
        if (key === undefined) return returns(invalidKey);
        const { requestHashes } = firmware.manners;
        if (typeof SigningAlgorithm === "number" || !requestHashes.includes(SigningAlgorithm)) {
          return returns(invalidParameter);
        }
        const signed = signRequest(NullSignedCertificateRequest, SigningAlgorithm, key.privatePem);
        return signed === undefined ? returns(invalidParameter) : { SignedCertificateRequest: signed, ReturnValue: 0 };
      },
      AddCRL({ firmware }, { Url = "", SerialNumbers = [] }) {
        const stored = storedOf(firmware, AMT_CRL);
        if (Url === "" || Url.length > longestUrl || SerialNumbers.length === 0) return returns(invalidParameter);
        if (SerialNumbers.length > mostSerials || !SerialNumbers.every((one) => /^([0-9A-Fa-f]{2}){1,20}$/.test(one))) {
          return returns(invalidParameter);
        }
        if (stored.some((one) => one.Url === Url)) return returns(duplicate);
        if (stored.length >= mostLists) return returns(limitReached);
        const number = freeNumber(0, (one) => stored.some(({ InstanceID }) => InstanceID === listId(one)));
        const list = { ElementName: "Intel(r) AMT: CRL", InstanceID: listId(number), SerialNumbers, Url };
        return { CRL: add(firmware, AMT_CRL, list), ReturnValue: 0 };
      },
      ResetCRLList({ firmware }) {
        keep(firmware, AMT_CRL, []);
        return returns(0);
      },
      AddCertificate: ({ firmware }, { CertificateBlob }) => addCertificate(firmware, CertificateBlob, false),
      AddTrustedRootCertificate: ({ firmware }, { CertificateBlob }) => addCertificate(firmware, CertificateBlob, true),
    },
  }),
  implement(AMT_PublicKeyCertificate)({
    realm: realms.administration,
    list: ({ state }) =>
      state.certificates.map(({ handle, der, isTrustedRoot }) => {
        const bytes = new Uint8Array(Buffer.from(der, "base64"));
        const certificate = new X509Certificate(bytes);
        return {
          ElementName: "Intel(r) AMT Certificate",
          InstanceID: certificateId(handle),
          Issuer: commaNames(certificate.issuer),
          Subject: commaNames(certificate.subject),
          TrustedRootCertficate: isTrustedRoot,
          X509Certificate: bytes,
        };
      }),
    // Firmware answers it; whether another certificate may take the place of one is UNVERIFIED. @source recorded answers
    put({ firmware }, { InstanceID, X509Certificate: sent, Issued, Expires }) {
      const stored = firmware.state.certificates.find((one) => certificateId(one.handle) === InstanceID);
      const isSame = sent !== undefined && Buffer.from(sent).toString("base64") === stored?.der;
      const isDated = Issued !== undefined || Expires !== undefined;
      return isSame && !isDated ? undefined : { fault: "InternalError", status: notPermitted };
    },
    remove({ firmware, selectors }) {
      const found = firmware.state.certificates.find((one) => certificateId(one.handle) === selectors["InstanceID"]);
      if (found === undefined) return { fault: "DestinationUnreachable" };
      const { activeTls, certificates } = firmware.state;
      const isLastRoot = found.isTrustedRoot && certificates.filter((one) => one.isTrustedRoot).length === 1;
      // Without a root, mutual TLS would shut out everybody.
      if (isLastRoot && activeTls.mutual) return { fault: "InternalError", status: notPermitted };
      if (found.handle === firmware.state.tlsCertificate) return { fault: "InternalError", status: notPermitted };
      firmware.change((state) => {
        state.certificates = state.certificates.filter((one) => one !== found);
      });
      if (found.isTrustedRoot) firmware.audit("security.rootRemoved");
      return undefined;
    },
  }),
  implement(AMT_PublicPrivateKeyPair)({
    realm: realms.administration,
    list: ({ state }) =>
      state.keys.map(({ handle, privatePem }) => ({
        DERKey: new Uint8Array(createPublicKey(privatePem).export({ type: "pkcs1", format: "der" })),
        ElementName: "Intel(r) AMT Key",
        InstanceID: keyId(handle),
      })),
    remove({ firmware, selectors }) {
      const { keys, certificates } = firmware.state;
      const found = keys.find((one) => keyId(one.handle) === selectors["InstanceID"]);
      if (found === undefined) return { fault: "DestinationUnreachable" };
      const isUsed = certificates.some((one) => keyFits(one.der, found.privatePem));
      if (isUsed) return { fault: "InternalError", status: notPermitted };
      firmware.change((state) => {
        state.keys = state.keys.filter((one) => one !== found);
      });
      return undefined;
    },
  }),
  implement(AMT_TLSProtocolEndpointCollection)({ realm: realms.administration, list: () => [collection] }),
  implement(AMT_TLSCredentialContext)({
    realm: realms.administration,
    list: ({ state }) => (state.tlsCertificate === null ? [] : [contextOf(state.tlsCertificate)]),
    create({ firmware }, { ElementInContext }) {
      if (firmware.state.tlsCertificate !== null) return { fault: "AlreadyExists" };
      const refusal = bind(firmware, ElementInContext);
      const { tlsCertificate } = firmware.state;
      if (refusal !== undefined || tlsCertificate === null) return refusal ?? { fault: "InvalidRepresentation" };
      return referenceTo(AMT_TLSCredentialContext, contextOf(tlsCertificate));
    },
    // Firmware has one use for it, and never says which.
    put: ({ firmware }, { ElementInContext, Usage }) =>
      Usage === undefined ? bind(firmware, ElementInContext) : { fault: "InternalError", status: invalidParameter },
    remove({ firmware }) {
      if (firmware.state.tlsCertificate === null) return { fault: "DestinationUnreachable" };
      if (firmware.state.activeTls.enabled) return { fault: "InternalError", status: notPermitted };
      firmware.change((state) => {
        state.tlsCertificate = null;
      });
      firmware.audit("security.tlsCertificateRemoved");
      return undefined;
    },
  }),
  implement(AMT_TLSProtocolEndpoint)({
    realm: realms.administration,
    list: () => [networkEndpoint, localEndpoint],
  }),
  implement(AMT_PublicKeyManagementCapabilities)({
    realm: realms.administration,
    list: (firmware) => [
      {
        CertChainMaxSize: 4_100,
        CommonNameMaxCount: trustedNameLimits.count,
        CommonNameMaxSize: trustedNameLimits.length,
        ElementName: "Intel(r) AMT: Public Key Management Capabilities",
        InstanceID: "Intel(r) AMT:Public Key Management Capabilities 0",
        MaximumCRLSize: 1_400,
        RootCertMaxCount: mostCertificates,
        RootCertMaxSize: longestRoot,
        SupportedKeyLengths: keyLengthsOf(firmware),
      },
    ],
  }),
  entries(AMT_CRL)({ realm: realms.administration, most: mostLists }),
  implement(AMT_TLSSettingData)({
    realm: realms.administration,
    list: ({ state, isTlsOnly }) => [
      settingsOf(isTlsOnly, networkId, state.tls.network),
      settingsOf(isTlsOnly, localId, state.tls.local),
    ],
    put({ firmware }, value) {
      if (value.Enabled === true && firmware.state.tlsCertificate === null) {
        return { fault: "InternalError", status: dataMissing };
      }
      const isMutual = value.Enabled === true && value.MutualAuthentication === true;
      // Without a root to check them by, nobody's certificate would ever do.
      if (isMutual && !firmware.state.certificates.some((one) => one.isTrustedRoot)) {
        return { fault: "InternalError", status: dataMissing };
      }
      const isNetwork = value.InstanceID === networkId;
      const opensPlain =
        value.AcceptNonSecureConnections === true ||
        (isNetwork && value.Enabled === false && firmware.state.tls.network.enabled);
      if (firmware.isTlsOnly && opensPlain) return { fault: "InternalError", status: notPermitted };
      const names = value.TrustedCN ?? [];
      if (names.length > trustedNameLimits.count || names.some((one) => one.length > trustedNameLimits.length)) {
        return { fault: "InternalError", status: invalidParameter };
      }
      firmware.change((state) => {
        const settings = value.InstanceID === localId ? state.tls.local : state.tls.network;
        settings.enabled = value.Enabled ?? settings.enabled;
        settings.mutual = value.MutualAuthentication ?? settings.mutual;
        settings.acceptsPlain = value.AcceptNonSecureConnections ?? settings.acceptsPlain;
        settings.trustedNames = [...names];
        const { X509IssuerName, X509SerialNumber } = value;
        settings.issuer = {
          ...(X509IssuerName === undefined ? {} : { name: X509IssuerName }),
          ...(X509SerialNumber === undefined ? {} : { serial: Buffer.from(X509SerialNumber).toString("base64") }),
        };
      });
      return undefined;
    },
  }),
];

/** @source class catalogue "SupportedKeyLengths"; which release began with the longer ones UNVERIFIED */
function keyLengthsOf({ release }: Firmware): readonly number[] {
  return compareReleases(release, "15.0") < 0 ? [2048] : [2048, 3072];
}

async function makeKey(modulusLength: number): Promise<string> {
  const { privateKey } = await make("rsa", { modulusLength });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function listId(number: number): string {
  return `Intel(r) AMT: CRL: Handle: ${number}`;
}

function settingsOf(isTlsOnly: boolean, id: string, settings: FirmwareState["tls"]["network"]) {
  return {
    AcceptNonSecureConnections: settings.acceptsPlain && !isTlsOnly,
    ElementName: id,
    Enabled: settings.enabled,
    InstanceID: id,
    MutualAuthentication: settings.mutual,
    NonSecureConnectionsSupported: !isTlsOnly,
    TrustedCN: settings.trustedNames,
    ...(settings.issuer?.name === undefined ? {} : { X509IssuerName: settings.issuer.name }),
    ...(settings.issuer?.serial === undefined
      ? {}
      : { X509SerialNumber: new Uint8Array(Buffer.from(settings.issuer.serial, "base64")) }),
  };
}

function contextOf(handle: number) {
  return {
    ElementInContext: referenceTo(AMT_PublicKeyCertificate, { InstanceID: certificateId(handle) }),
    ElementProvidingContext: referenceTo(AMT_TLSProtocolEndpointCollection, collection),
  };
}

function bind(firmware: Firmware, to: EndpointReference | undefined): Refusal | undefined {
  const { certificates, keys } = firmware.state;
  const found = certificates.find((one) => certificateId(one.handle) === to?.selectors["InstanceID"]);
  if (found === undefined || !keys.some((one) => keyFits(found.der, one.privatePem)))
    return { fault: "InvalidRepresentation" };
  firmware.change((state) => {
    state.tlsCertificate = found.handle;
  });
  firmware.audit("security.tlsCertificateSet");
  return undefined;
}

interface KeyAdded {
  readonly KeyPair?: EndpointReference;
  readonly ReturnValue: number;
}

function addKey(firmware: Firmware, privatePem: string): KeyAdded {
  const { keys } = firmware.state;
  if (keys.length >= mostKeys) return returns(limitReached);
  const handle = freeHandle(keys);
  firmware.change((state) => {
    state.keys.push({ handle, privatePem });
  });
  return { KeyPair: referenceTo(AMT_PublicPrivateKeyPair, { InstanceID: keyId(handle) }), ReturnValue: 0 };
}

function renamed({ KeyPair, ReturnValue }: KeyAdded): {
  CreatedKey: EndpointReference | undefined;
  ReturnValue: number;
} {
  // Firmware names the wrong class here; the key's identifier is right. @source recorded answers
  return { CreatedKey: KeyPair && { ...KeyPair, resourceUri: AMT_PublicKeyCertificate.uri }, ReturnValue };
}

/** A leaf is taken only when its key is here; an issuer's certificate needs none. */
function addCertificate(
  firmware: Firmware,
  blob: Uint8Array,
  isTrustedRoot: boolean,
): { CreatedCertificate?: EndpointReference; ReturnValue: number } {
  const { certificates, keys } = firmware.state;
  const der = Buffer.from(blob).toString("base64");
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(blob);
  } catch {
    return returns(invalidCertificate);
  }
  if (isTrustedRoot && blob.length > longestRoot) return returns(invalidCertificate);
  if (certificates.some((one) => one.der === der)) return returns(duplicate);
  if (certificates.length >= mostCertificates) return returns(limitReached);
  // Who may come in is not changed while it is asked of everybody. @source Intel's guide, "Add a Trusted Root Certificate"; the code UNVERIFIED
  const { activeTls, tls: settings } = firmware.state;
  const isMutual = [activeTls.mutual, settings.network.mutual, settings.local.mutual].includes(true);
  if (isTrustedRoot && firmware.mode === "post" && isMutual) return returns(notPermitted);
  const hasKey = keys.some((one) => keyFits(der, one.privatePem));
  if (!isTrustedRoot && !certificate.ca && !hasKey) return returns(invalidCertificate);
  const handle = freeHandle(certificates);
  firmware.change((state) => {
    state.certificates.push({ handle, der, isTrustedRoot });
  });
  if (isTrustedRoot) firmware.audit("security.rootAdded", Buffer.from(certificate.serialNumber, "hex"));
  return {
    CreatedCertificate: referenceTo(AMT_PublicKeyCertificate, { InstanceID: certificateId(handle) }),
    ReturnValue: 0,
  };
}

function keyFits(der: string, privatePem: string): boolean {
  return new X509Certificate(Buffer.from(der, "base64")).checkPrivateKey(createPrivateKey(privatePem));
}

/** Handles are small integers and used again. */
function freeHandle(used: readonly { readonly handle: number }[]): number {
  const taken = new Set(used.map((one) => one.handle));
  let handle = 0;
  while (taken.has(handle)) handle += 1;
  return handle;
}

function keyId(handle: number): string {
  return `Intel(r) AMT Key: Handle: ${handle}`;
}

function certificateId(handle: number): string {
  return `Intel(r) AMT Certificate: Handle: ${handle}`;
}

/** "C=unknown,O=unknown,CN=name", as firmware writes names. */
function commaNames(lines: string): string {
  return lines.split("\n").join(",");
}
