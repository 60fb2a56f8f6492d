import assert from "node:assert/strict";
import { test } from "node:test";
import { AMT_WiFiPortConfigurationService } from "@vigil/model/amt/AMT_WiFiPortConfigurationService.ts";
import { classByName } from "@vigil/model/classes.ts";
import { decodeReference } from "@vigil/wire/wsman/reference.ts";
import type { XmlElement } from "@vigil/wire/xml.ts";
import type { Generation } from "./identity.ts";
import type { Asker } from "./testing/firmware-under-test.ts";
import { certificateReference, endpointReference, RecordedDevice } from "./testing/recorded-device.ts";
import { sampledInstances, sampledOwn } from "./testing/sampled-values.ts";
import { formOf } from "./testing/shape.ts";

// What firmware of other releases has answered to Enumerate, against what a virtual device of release 16 answers.

const device = new RecordedDevice();
/** Of the one sample that says its release. */
const generations: Readonly<Record<string, Generation>> = { CIM_SoftwareIdentity: "12" };
const enterprise = {
  AuthenticationProtocol: "tls",
  ElementName: "Wifi8021xTLS",
  InstanceID: "Intel(r) AMT:IEEE 802.1x Settings Wifi8021xTLS",
  Username: "iME$amt16$",
} as const;

for (const [name, samples] of Object.entries(sampledInstances)) {
  test(`${name} has the members, their order and the values that firmware has`, async () => {
    const definition = classByName(name);
    assert.ok(definition !== undefined);
    const asker = await device.fresh(generations[name] ?? "16");
    if (name === enterpriseClass) await addEnterpriseProfile(asker);
    const items = (await asker.list(definition)).filter((one) => one.name === name);
    const found = items.slice(0, samples.length).map((one) => linesOf(name, membersOf(one)));
    const expected = samples.map((one) => linesOf(name, one.split("; ")));
    assert.deepEqual(found, expected);
  });
}

const enterpriseClass = "CIM_IEEE8021xSettings";

async function addEnterpriseProfile(asker: Asker): Promise<void> {
  const ElementName = "Wifi8021xTLS";
  const { ReturnValue } = await asker.call(AMT_WiFiPortConfigurationService, "AddWiFiSettings", {
    WiFiEndpoint: endpointReference,
    WiFiEndpointSettingsInput: {
      ElementName,
      InstanceID: `Intel(r) AMT:WiFi Endpoint Settings ${ElementName}`,
      SSID: "enterprise",
      Priority: 2,
      AuthenticationMethod: "wpa28021x",
      EncryptionMethod: "ccmp",
      BSSType: 3,
    },
    IEEE8021xSettingsInput: enterprise,
    ClientCredential: certificateReference(1),
    CACredential: certificateReference(0),
  });
  assert.equal(ReturnValue, 0);
}

/** "Name=value" for each member, a list's values joined. */
function membersOf(item: XmlElement): string[] {
  const names = [...new Set(item.children.map((one) => one.name))];
  return names.map((name) => {
    const values = item.children.filter((one) => one.name === name).map((one) => textOf(one));
    return `${name}=${values.join(" | ")}`;
  });
}

function textOf(member: XmlElement): string {
  if (!member.children.some((one) => one.name === "ReferenceParameters"))
    return member.children[0]?.text ?? member.text;
  const { resourceUri, selectors } = decodeReference(member);
  return `${resourceUri.split("/").at(-1)}(${Object.keys(selectors).join(", ")})`;
}

function linesOf(className: string, members: readonly string[]): string[] {
  return members.map((member) => {
    const [name = "", ...rest] = member.split("=");
    const value = rest.join("=");
    return `${name}=${sampledOwn[`${className}.${name}`] === undefined ? value : formOf(value)}`;
  });
}
