import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { AMT_AuthorizationService } from "@vigil/model/amt/AMT_AuthorizationService.ts";
import { AMT_EnvironmentDetectionSettingData } from "@vigil/model/amt/AMT_EnvironmentDetectionSettingData.ts";
import { AMT_GeneralSettings } from "@vigil/model/amt/AMT_GeneralSettings.ts";
import { AMT_ManagementPresenceRemoteSAP } from "@vigil/model/amt/AMT_ManagementPresenceRemoteSAP.ts";
import { AMT_PublicKeyCertificate } from "@vigil/model/amt/AMT_PublicKeyCertificate.ts";
import { AMT_PublicKeyManagementService } from "@vigil/model/amt/AMT_PublicKeyManagementService.ts";
import { AMT_RemoteAccessService } from "@vigil/model/amt/AMT_RemoteAccessService.ts";
import { AMT_SetupAndConfigurationService } from "@vigil/model/amt/AMT_SetupAndConfigurationService.ts";
import { AMT_TLSCredentialContext } from "@vigil/model/amt/AMT_TLSCredentialContext.ts";
import { AMT_TLSProtocolEndpointCollection } from "@vigil/model/amt/AMT_TLSProtocolEndpointCollection.ts";
import { AMT_TimeSynchronizationService } from "@vigil/model/amt/AMT_TimeSynchronizationService.ts";
import { AMT_WiFiPortConfigurationService } from "@vigil/model/amt/AMT_WiFiPortConfigurationService.ts";
import { CIM_WiFiEndpoint } from "@vigil/model/cim/CIM_WiFiEndpoint.ts";
import { encodeInstance, referenceTo } from "@vigil/model/instances.ts";
import { actions } from "@vigil/wire/wsman/actions.ts";
import type { FirmwareState } from "../firmware/state.ts";
import { selfSignedCertificate } from "../firmware/setup-certificate.ts";
import { identityOf, type Generation } from "../identity.ts";
import { amtKeys } from "../names.ts";
import { aFirmware, Asker } from "./firmware-under-test.ts";

/** Where the recorded machine had its server. */
export const serverReference = referenceTo(AMT_ManagementPresenceRemoteSAP, {
  CreationClassName: "AMT_ManagementPresenceRemoteSAP",
  Name: "Intel(r) AMT:Management Presence Server 0",
  ...amtKeys,
});
export const endpointReference = referenceTo(CIM_WiFiEndpoint, {
  CreationClassName: "CIM_WiFiEndpoint",
  Name: "WiFi Endpoint 0",
  ...amtKeys,
});
export const profile = {
  ElementName: "Wifi Name",
  InstanceID: "Intel(r) AMT:WiFi Endpoint Settings Wifi Name",
  SSID: "network",
  Priority: 1,
  AuthenticationMethod: "wpa2Psk",
  EncryptionMethod: "ccmp",
  BSSType: 3,
  PSKPassPhrase: "P@ssw0rd phrase",
} as const;

const pem = { type: "pkcs8", format: "pem" } as const;

/** Keys that the device is given to hand out, and certificates, as DER. */
export interface Material {
  /** PKCS#8 PEM: two for the device, one that it never gets. */
  readonly keys: readonly string[];
  /** Of the key that it never gets. */
  readonly roots: readonly [Uint8Array, Uint8Array];
  /** Of its first key. */
  readonly leaf: Uint8Array;
  /** Of its second key; the device does not have it yet. */
  readonly another: Uint8Array;
}

async function makeMaterial(): Promise<Material> {
  const keys = [0, 1, 2].map(() =>
    generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export(pem).toString(),
  );
  const identity = identityOf("recorded", 0);
  const certificate = async (key: number, serial: number): Promise<Uint8Array> => {
    const text = await selfSignedCertificate(identity, keys[key] ?? "", new Uint8Array(8).fill(serial));
    return new Uint8Array(new X509Certificate(text).raw);
  };
  return {
    keys,
    roots: [await certificate(2, 1), await certificate(2, 2)],
    leaf: await certificate(0, 3),
    another: await certificate(1, 4),
  };
}

/** A key pair from outside, as AddKey takes it. */
export function bringKey(): Uint8Array {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return new Uint8Array(createPrivateKey(privateKey.export(pem)).export({ type: "pkcs1", format: "der" }));
}

/** A device brought over the wire to where the recorded machine was, as often as wanted from the same flash. */
export class RecordedDevice {
  readonly #material = makeMaterial();
  readonly #flashes = new Map<Generation, Promise<FirmwareState>>();

  get material(): Promise<Material> {
    return this.#material;
  }

  /** @param generation of the recorded kind unless said otherwise: some recordings are of newer machines */
  async fresh(generation: Generation = "12"): Promise<Asker> {
    const made = this.#flashes.get(generation) ?? this.#set(generation);
    this.#flashes.set(generation, made);
    return new Asker((await this.#firmware(generation, structuredClone(await made))).firmware);
  }

  async #firmware(generation: Generation, saved?: FirmwareState) {
    const { keys } = await this.#material;
    let turn = 0;
    return aFirmware({
      identity: { ...identityOf("recorded", 0, [generation]), isMobile: true },
      // Two devices with the same flash hand out the same keys: the second is the one that is not in use.
      keys: { next: () => keys[(turn += 1) - 1] ?? keys[1] ?? "" },
      ...(saved === undefined ? {} : { saved }),
    });
  }

  async #set(generation: Generation): Promise<FirmwareState> {
    const { firmware } = await this.#firmware(generation);
    const asker = new Asker(firmware);
    const { roots, leaf } = await this.#material;
    await asker.call(AMT_AuthorizationService, "SetAdminAclEntryEx", {
      Username: "admin",
      DigestPassword: new Uint8Array(16),
    });
    await asker.call(AMT_SetupAndConfigurationService, "SetMEBxPassword", { Password: "P@ssw0rd" });
    const seconds = Date.UTC(2024, 0, 3) / 1000;
    await asker.call(AMT_TimeSynchronizationService, "SetHighAccuracyTimeSynch", {
      Ta0: seconds,
      Tm1: seconds,
      Tm2: seconds,
    });
    await asker.call(AMT_AuthorizationService, "AddUserAclEntryEx", {
      DigestUsername: "somebody",
      DigestPassword: new Uint8Array(16),
      AccessPermission: "any",
      Realms: ["generalInfo"],
    });
    const keyService = AMT_PublicKeyManagementService;
    for (const _ of [0, 1]) await asker.call(keyService, "GenerateKeyPair", { KeyAlgorithm: "rsa", KeyLength: 2048 });
    await asker.call(keyService, "AddTrustedRootCertificate", { CertificateBlob: roots[0] });
    await asker.call(keyService, "AddCertificate", { CertificateBlob: leaf });
    await asker.call(keyService, "AddTrustedRootCertificate", { CertificateBlob: roots[1] });
    await asker.ask({
      action: actions.create,
      resourceUri: AMT_TLSCredentialContext.uri,
      body: encodeInstance(AMT_TLSCredentialContext, {
        ElementInContext: certificateReference(1),
        ElementProvidingContext: referenceTo(AMT_TLSProtocolEndpointCollection, {
          ElementName: "TLSProtocolEndpoint Instances Collection",
        }),
      }),
    });
    await asker.put(AMT_GeneralSettings, {
      ...(await asker.get(AMT_GeneralSettings)),
      HostName: "host",
      DomainName: "site.example",
    });
    await asker.call(AMT_SetupAndConfigurationService, "CommitChanges", {});
    await asker.call(AMT_RemoteAccessService, "AddMpServer", {
      AccessInfo: "192.168.0.208",
      InfoFormat: "ipv4",
      Port: 4433,
      AuthMethod: "usernamePassword",
      Username: "test",
      Password: "P@ssw0rd",
      CN: "192.168.0.208",
    });
    await asker.call(AMT_RemoteAccessService, "AddRemoteAccessPolicyRule", {
      Trigger: "periodic",
      TunnelLifeTime: 0,
      ExtendedData: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 25),
      MpServer: [serverReference],
    });
    await asker.put(AMT_EnvironmentDetectionSettingData, {
      InstanceID: "Intel(r) AMT Environment Detection Settings",
      DetectionAlgorithm: "localDomains",
      DetectionStrings: ["b332bb28-ef3a-43b0-b998-342285ac1e26.com"],
    });
    await asker.call(AMT_WiFiPortConfigurationService, "AddWiFiSettings", {
      WiFiEndpoint: endpointReference,
      WiFiEndpointSettingsInput: profile,
    });
    firmware.stop();
    return firmware.state;
  }
}

export function certificateReference(handle: number) {
  return referenceTo(AMT_PublicKeyCertificate, { InstanceID: `Intel(r) AMT Certificate: Handle: ${handle}` });
}
