import type { FuzzTarget } from "./target.ts";

/** Every codec and every door, by name. Each is loaded by itself: what is loaded, coverage has to count. */
export const targets: ReadonlyMap<string, () => Promise<FuzzTarget>> = new Map([
  ["wire.xml", async () => (await import("./targets/xml.ts")).xml],
  ["wire.wsman.request", async () => (await import("./targets/wsman.ts")).request],
  ["wire.wsman.response", async () => (await import("./targets/wsman.ts")).response],
  ["wire.wsman.fault", async () => (await import("./targets/wsman.ts")).fault],
  ["wire.wsman.event", async () => (await import("./targets/wsman.ts")).event],
  ["wire.wsman.bodies", async () => (await import("./targets/wsman.ts")).body],
  ["wire.wsman.duration", async () => (await import("./targets/wsman.ts")).duration],
  ["wire.http.request", async () => (await import("./targets/http.ts")).httpRequest],
  ["wire.http.response", async () => (await import("./targets/http.ts")).httpResponse],
  ["wire.digest.challenge", async () => (await import("./targets/http.ts")).challenge],
  ["wire.digest.authorization", async () => (await import("./targets/http.ts")).authorization],
  ["wire.hello", async () => (await import("./targets/records.ts")).hello],
  ["wire.setup-bin", async () => (await import("./targets/records.ts")).setupFile],
  ["wire.uuid", async () => (await import("./targets/records.ts")).uuid],
  ["wire.boot-parameters", async () => (await import("./targets/records.ts")).bootParameters],
  ["wire.psk", async () => (await import("./targets/records.ts")).pskPair],
  ["wire.redirection.manager", async () => (await import("./targets/redirection.ts")).managerSide],
  ["wire.redirection.device", async () => (await import("./targets/redirection.ts")).deviceSide],
  ["wire.redirection.login", async () => (await import("./targets/redirection.ts")).login],
  ["wire.redirection.sol.manager", async () => (await import("./targets/redirection.ts")).solManager],
  ["wire.redirection.sol.device", async () => (await import("./targets/redirection.ts")).solDevice],
  ["wire.redirection.ider.manager", async () => (await import("./targets/redirection.ts")).iderManager],
  ["wire.redirection.ider.device", async () => (await import("./targets/redirection.ts")).iderDevice],
  ["wire.redirection.atapi", async () => (await import("./targets/redirection.ts")).packets],
  ["wire.kvm.tile", async () => (await import("./targets/kvm.ts")).tile],
  ["wire.kvm.inflate", async () => (await import("./targets/kvm.ts")).inflate],
  ["wire.kvm.viewer", async () => (await import("./targets/kvm.ts")).viewer],
  ["wire.kvm.screen", async () => (await import("./targets/kvm.ts")).screen],
  ["wire.kvm.recording", async () => (await import("./targets/kvm.ts")).recording],
  ["wire.der", async () => (await import("./targets/kerberos.ts")).der],
  ["wire.negotiate", async () => (await import("./targets/kerberos.ts")).negotiate],
  ["model.instance", async () => (await import("./targets/model.ts")).instance],
  ["model.answer", async () => (await import("./targets/model.ts")).answer],
  ["api.event-stream", async () => (await import("./targets/event-stream.ts")).eventStream],
  ["amt-client.audit-record", async () => (await import("./targets/records.ts")).auditRecord],
  ["amt-client.event-record", async () => (await import("./targets/records.ts")).eventRecord],
  ["amt-client.pkcs10", async () => (await import("./targets/certificates.ts")).requesting],
  ["amt-client.explorer", async () => (await import("./targets/client.ts")).explainer],
  ["amt-client.answers", async () => (await import("./targets/client.ts")).client],
  ["virtual-device.setup-chain", async () => (await import("./targets/certificates.ts")).setupChain],
  ["virtual-device.client-chain", async () => (await import("./targets/certificates.ts")).clientChain],
  ["virtual-device.pkcs10", async () => (await import("./targets/certificates.ts")).signing],
  ["virtual-device.kerberos.token", async () => (await import("./targets/kerberos.ts")).token],
  ["virtual-device.kerberos.account", async () => (await import("./targets/kerberos.ts")).accountData],
  ["virtual-device.kerberos.sealed", async () => (await import("./targets/kerberos.ts")).sealedParts],
  ["virtual-device.wsman", async () => (await import("./targets/device.ts")).ours],
  ["virtual-device.setup", async () => (await import("./targets/device.ts")).fresh],
  ["virtual-device.kvm", async () => (await import("./targets/kvm.ts")).session],
  ["endpoint.plain", async () => (await import("./targets/endpoint.ts")).plainPort],
  ["endpoint.tls", async () => (await import("./targets/endpoint.ts")).tlsPort],
  ["endpoint.redirection", async () => (await import("./targets/redirection-port.ts")).redirectionPort],
  ["endpoint.hello", async () => (await import("./targets/endpoint.ts")).helloPort],
]);

/** Those that misbehave, for the test of the watch. */
const broken: typeof targets = new Map([
  ["broken.spinning", async () => (await import("./targets/broken.ts")).spinning],
  ["broken.late", async () => (await import("./targets/broken.ts")).late],
]);

export async function targetNamed(name: string): Promise<FuzzTarget> {
  const load = targets.get(name) ?? broken.get(name);
  if (load === undefined) throw new RangeError(`no fuzz target ${name}`);
  return load();
}
