import assert from "node:assert/strict";
import { test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import { AMT_GeneralSettings } from "@vigil/model/amt/AMT_GeneralSettings.ts";
import { AMT_RemoteAccessService } from "@vigil/model/amt/AMT_RemoteAccessService.ts";
import { encodeInput, encodeInstance, selectorsOf } from "@vigil/model/instances.ts";
import { behaviors } from "@vigil/virtual-device/behaviors.ts";
import { answerWsman } from "@vigil/virtual-device/wsman.ts";
import { actions } from "@vigil/wire/wsman/actions.ts";
import { decodeResponse, encodeRequest } from "@vigil/wire/wsman/envelope.ts";
import { parseXml } from "@vigil/wire/xml.ts";
import { FurnishedDevices, newestWith } from "../testing/furnished-device.ts";
import { illegalChanges } from "../testing/illegal-changes.ts";
import { aPair } from "../testing/paired-device.ts";

// What firmware does not take is refused with its status, and nothing is changed.

const devices = new FurnishedDevices();

for (const { definition, changes, status } of illegalChanges) {
  const [[name, value] = ["", ""]] = Object.entries(changes).toReversed();
  const shown = String(value).slice(0, 20);
  test(`${definition.name}.${name} ${shown}: refused with status ${status}, and all is as before`, async () => {
    const { device, firmware } = await devices.shared(newestWith(definition));
    const [first] = behaviors.of(definition.uri, firmware.release)?.list(firmware) ?? [];
    const selectors = first?.selectors ?? assert.fail(`${definition.name} has no instance`);
    const before = await device.wsman.get(definition, selectors);
    const error = await device.wsman.put(definition, changes, selectors).catch((cause: unknown) => cause);
    assert.ok(error instanceof VigilError);
    assert.deepEqual([error.code, error.details["amtStatus"]], ["wsman.fault.internalError", status]);
    assert.deepEqual(await device.wsman.get(definition, selectors), before);
  });
}

const forbidden = [...Array(0x20).keys(), 0xfffe, 0xffff].filter((code) => ![9, 10, 13].includes(code));

test("a character that XML forbids does not leave the client, in whatever it stands", async () => {
  const { device, line } = aPair();
  const { wsman } = device;
  const settings = { InstanceID: "Intel(r) AMT: General Settings" };
  await wsman.get(AMT_GeneralSettings);
  const sent = (): string => line.arrivals.map(({ request }) => Buffer.from(request.body).toString()).join();
  for (const code of forbidden) {
    const text = `a${String.fromCharCode(code)}b`;
    const input = { AccessInfo: text, InfoFormat: "fqdn", Port: 1, AuthMethod: "mutual" } as const;
    const refused = { code: "wire.xml.character", details: { code } };
    const before = line.arrivals.length;
    await assert.rejects(wsman.putWhole(AMT_GeneralSettings, { ...settings, HostName: text }), refused);
    await assert.rejects(wsman.create(AMT_GeneralSettings, { ...settings, HostName: text }), refused);
    await assert.rejects(wsman.get(AMT_GeneralSettings, { InstanceID: text }), refused);
    await assert.rejects(wsman.delete(AMT_GeneralSettings, { InstanceID: text }), refused);
    await assert.rejects(wsman.invoke(AMT_RemoteAccessService, "AddMpServer", input), refused);
    assert.equal(line.arrivals.length, before, "nothing has left");
    // A change is made to what was read: that is asked for, but nothing is sent back.
    await assert.rejects(wsman.put(AMT_GeneralSettings, { HostName: text }), refused);
  }
  assert.doesNotMatch(sent(), /transfer\/Put/);
});

test("a character that XML forbids is refused by the device with a schema fault, raw or as a reference", async () => {
  const { firmware } = aPair();
  const caller = { username: "admin", channel: "tls", hasSetupCertificate: true } as const;
  const value = { InstanceID: "Intel(r) AMT: General Settings", HostName: "PLACE" };
  const base = { messageId: "1", hasOptions: false, mustUnderstand: [] };
  const put = encodeRequest({
    ...base,
    action: actions.put,
    resourceUri: AMT_GeneralSettings.uri,
    selectors: selectorsOf(AMT_GeneralSettings, value),
    body: encodeInstance(AMT_GeneralSettings, value),
  });
  const call = encodeRequest({
    ...base,
    action: `${AMT_RemoteAccessService.uri}/AddMpServer`,
    resourceUri: AMT_RemoteAccessService.uri,
    selectors: {},
    body: encodeInput(AMT_RemoteAccessService, "AddMpServer", {
      AccessInfo: "PLACE",
      InfoFormat: "fqdn",
      Port: 1,
      AuthMethod: "mutual",
    }),
  });
  const state = structuredClone(firmware.state);
  for (const code of forbidden) {
    for (const text of [String.fromCharCode(code), `&#${code};`, `&#x${code.toString(16)};`]) {
      for (const request of [put, call]) {
        const answer = await answerWsman(firmware, caller, Buffer.from(request.replace("PLACE", text)));
        assert.equal(answer.status, 400);
        assert.throws(() => decodeResponse(parseXml(answer.xml)), { code: "wsman.fault.schemaValidationError" });
      }
    }
  }
  assert.deepEqual(structuredClone(firmware.state), state);
});
