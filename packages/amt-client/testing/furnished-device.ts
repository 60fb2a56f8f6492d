import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { AMT_AgentPresenceInterfacePolicy } from "@vigil/model/amt/AMT_AgentPresenceInterfacePolicy.ts";
import { AMT_8021XProfile } from "@vigil/model/amt/AMT_8021XProfile.ts";
import { AMT_AuthorizationService } from "@vigil/model/amt/AMT_AuthorizationService.ts";
import { AMT_EnvironmentDetectionSettingData } from "@vigil/model/amt/AMT_EnvironmentDetectionSettingData.ts";
import { AMT_NetworkPortSystemDefensePolicy } from "@vigil/model/amt/AMT_NetworkPortSystemDefensePolicy.ts";
import { AMT_PETFilterSetting } from "@vigil/model/amt/AMT_PETFilterSetting.ts";
import { AMT_PublicKeyCertificate } from "@vigil/model/amt/AMT_PublicKeyCertificate.ts";
import { AMT_PublicKeyManagementService } from "@vigil/model/amt/AMT_PublicKeyManagementService.ts";
import { AMT_SNMPEventSubscriber } from "@vigil/model/amt/AMT_SNMPEventSubscriber.ts";
import { CIM_EthernetPort } from "@vigil/model/cim/CIM_EthernetPort.ts";
import type { ClassDefinition } from "@vigil/model/define.ts";
import { exists } from "@vigil/model/firmware.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { IPS_AlarmClockOccurrence } from "@vigil/model/ips/IPS_AlarmClockOccurrence.ts";
import { IPS_HTTPProxyService } from "@vigil/model/ips/IPS_HTTPProxyService.ts";
import { IPS_IEEE8021xSettings } from "@vigil/model/ips/IPS_IEEE8021xSettings.ts";
import { selfSignedCertificate } from "@vigil/virtual-device/firmware/setup-certificate.ts";
import { generationNames, identityOf, type Generation } from "@vigil/virtual-device/identity.ts";
import { aPair, newKey, type Pair } from "./paired-device.ts";

const password = "Tr1cky!passw0rd-1";
const guid = "8b2f0a51-6a0c-4b1e-9d53-52c1c7a1d0aa";
const keys = [newKey(), newKey()];

export const wiredPort = referenceTo(CIM_EthernetPort, {
  CreationClassName: "CIM_EthernetPort",
  DeviceID: "Intel(r) AMT Ethernet Port 0",
  SystemCreationClassName: "CIM_ComputerSystem",
  SystemName: "Intel(r) AMT",
});

export function certificateAt(handle: number) {
  return referenceTo(AMT_PublicKeyCertificate, { InstanceID: certificateId(handle) });
}

function certificateId(handle: number): string {
  return `Intel(r) AMT Certificate: Handle: ${handle}`;
}

/** Self-signed. @param key which of the device's own, 2 for a stranger's @returns DER */
export async function aCertificate(key: 0 | 1 | 2, serial = 1): Promise<Uint8Array> {
  const pem = await selfSignedCertificate(identityOf("pair", 0), keys[key] ?? stranger, new Uint8Array(8).fill(serial));
  return new Uint8Array(new X509Certificate(pem).raw);
}

const stranger = newKey();

/** Of the key that the furnished devices have: PKCS#1, DER. */
export function publicKey(): Uint8Array {
  return new Uint8Array(createPublicKey(keys[0] ?? "").export({ type: "pkcs1", format: "der" }));
}

/** A key pair from outside, as AddKey takes it. */
export function aStrangersKey(): Uint8Array {
  return new Uint8Array(createPrivateKey(stranger).export({ type: "pkcs1", format: "der" }));
}

/** The newest generation that has a class. */
export function newestWith(definition: ClassDefinition): Generation {
  const found = generationNames.findLast((one) => exists(definition, identityOf("", 0, [one]).release));
  if (found === undefined) throw new RangeError(`${definition.name} is in no generation`);
  return found;
}

/** Devices that have been set up over the wire with one or two of everything that a manager can give them. */
export class FurnishedDevices {
  readonly #made = new Map<Generation, Promise<Pair>>();

  /** The same one each time: for tests that only read. */
  shared(generation: Generation): Promise<Pair> {
    const made = this.#made.get(generation) ?? furnish(generation);
    this.#made.set(generation, made);
    return made;
  }

  /** One that nobody else has. */
  async fresh(generation: Generation): Promise<Pair> {
    const { firmware } = await this.shared(generation);
    // The key that is in use is not made a second time.
    return aPair({ ...machine(generation), keys: keys.toReversed(), password, saved: firmware.state });
  }
}

function machine(generation: Generation) {
  return { generation, identity: { isMobile: true }, keys };
}

async function furnish(generation: Generation): Promise<Pair> {
  const pair = aPair(machine(generation));
  const { device, firmware } = pair;
  const has = (definition: ClassDefinition): boolean => exists(definition, firmware.release);
  await device.setup.setMebxPassword(password);
  await device.accounts.setAdminPassword(password);
  await device.time.set();
  await device.wsman.invoke(AMT_AuthorizationService, "AddUserAclEntryEx", {
    DigestUsername: "somebody",
    DigestPassword: new Uint8Array(16),
    AccessPermission: "any",
    Realms: ["generalInfo"],
  });
  await device.tls.generateKeyPair();
  await device.tls.addTrustedRoot(await aCertificate(2));
  await device.tls.bind(await device.tls.addCertificate(await aCertificate(0, 2)));
  await device.wsman.invoke(AMT_PublicKeyManagementService, "AddCRL", {
    Url: "http://crl.example.test/?a=1&b=2",
    SerialNumbers: ["0102"],
  });
  await device.setup.commitChanges();
  await furnishNetwork(pair, has);
  await furnishEvents(pair, has);
  await furnishDefense(pair);
  for (let count = 0; count < 3; count += 1) firmware.noteFailedLogin();
  return pair;
}

async function furnishNetwork({ device, clock }: Pair, has: (one: ClassDefinition) => boolean): Promise<void> {
  const server = await device.remoteAccess.addServer({
    host: "mps.example.test",
    port: 4433,
    certificateName: "mps.example.test",
    username: "somebody",
    password: "P@ssw0rd",
  });
  await device.remoteAccess.addPolicy({
    trigger: "periodic",
    lifetimeSeconds: 0,
    schedule: { everySeconds: 60 },
    servers: [server],
  });
  await device.remoteAccess.setHomeDomains(["example.test"]);
  await device.wifi.add({
    name: "staff & guests",
    ssid: "<Büro>",
    priority: 1,
    authentication: "wpa28021x",
    encryption: "ccmp",
    ieee8021x: { protocol: "tls", username: "pc", certificateId: certificateId(1), rootId: certificateId(0) },
  });
  const both = { ServerCertificateIssuer: certificateAt(0), ClientCertificate: certificateAt(1) };
  if (has(AMT_8021XProfile)) {
    await device.wsman.put(AMT_8021XProfile, { Enabled: true, AuthenticationProtocol: "tls", Username: "pc", ...both });
  }
  if (has(IPS_IEEE8021xSettings)) {
    await device.wsman.put(IPS_IEEE8021xSettings, { AuthenticationProtocol: "tls", Username: "pc" });
    await device.wsman.invoke(IPS_IEEE8021xSettings, "SetCertificates", both);
  }
  if (has(IPS_AlarmClockOccurrence)) {
    const at = new Date(clock.now() + 86_400_000);
    await device.alarms.add({ name: "wake", at, everyMinutes: 90, isRemovedAfterwards: false });
  }
  if (has(IPS_HTTPProxyService)) {
    await device.wsman.invoke(IPS_HTTPProxyService, "AddProxyAccessPoint", {
      AccessInfo: "proxy.example.test",
      InfoFormat: "fqdn",
      Port: 3128,
      NetworkDnsSuffix: "example.test",
    });
  }
}

async function furnishEvents({ device }: Pair, has: (one: ClassDefinition) => boolean): Promise<void> {
  await device.events.subscribe("Intel(r) AMT:AllEvents", { notifyTo: "http://127.0.0.1:9/?a&b", mode: "push" });
  if (!has(AMT_SNMPEventSubscriber)) return;
  await device.wsman.create(AMT_PETFilterSetting, { PolicyID: 7, EnableFilter: true, LogOnEvent: false });
  await device.wsman.create(AMT_SNMPEventSubscriber, { AccessInfo: "192.0.2.7", PolicyID: 7 });
}

async function furnishDefense({ device }: Pair): Promise<void> {
  const { systemDefense, agentPresence, wsman } = device;
  const rule = { direction: "receive", action: "drop", isReported: true } as const;
  const handle = await systemDefense.addEthernetFilter({ ...rule, name: "arp", etherType: 0x0806 });
  await systemDefense.addIpFilter({ ...rule, name: "web", protocol: 6, destinationPorts: [80, 443] });
  const policy = await systemDefense.addPolicy({
    name: "isolated",
    precedence: 10,
    filterHandles: [handle],
    dropsOtherTransmit: false,
    dropsOtherReceive: false,
  });
  await systemDefense.enforce(policy);
  const tied = { Antecedent: wiredPort, Dependent: policy };
  await wsman.create(AMT_NetworkPortSystemDefensePolicy, tied);
  await wsman.create(AMT_AgentPresenceInterfacePolicy, tied);
  await wsman.invoke(AMT_EnvironmentDetectionSettingData, "SetSystemDefensePolicy", { Policy: policy });
  await agentPresence.add({ guid, description: "agent", startupSeconds: 60, timeoutSeconds: 30 });
  await agentPresence.addAction(guid, { from: ["running"], to: ["expired"], isLogged: true });
}
