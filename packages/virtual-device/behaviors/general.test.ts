import assert from "node:assert/strict";
import { test } from "node:test";
import { AMT_GeneralSettings } from "@vigil/model/amt/AMT_GeneralSettings.ts";
import { AMT_WebUIService } from "@vigil/model/amt/AMT_WebUIService.ts";
import { aFirmware, Asker } from "../testing/firmware-under-test.ts";

const InstanceID = "Intel(r) AMT: General Settings";

test("a Put changes what it names, answers the whole object, and leaves the realm alone", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  const before = await asker.get(AMT_GeneralSettings);
  const change = { InstanceID, HostName: "desk-1", DomainName: "site.example", PingResponseEnabled: false };
  const after = await asker.put(AMT_GeneralSettings, { ...change, DigestRealm: "Digest:0" });
  assert.deepEqual({ ...after }, { ...before, ...change });
  assert.deepEqual(await asker.get(AMT_GeneralSettings), after);
});

test("values outside their range are refused with AMT-STATUS 36, and nothing changes", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  const before = await asker.get(AMT_GeneralSettings);
  for (const wrong of [
    { HostName: "a".repeat(64) },
    { HostName: "no blanks" },
    { DomainName: "d".repeat(192) },
    { IdleWakeTimeout: 0 },
    { IdleWakeTimeout: 65_536 },
  ]) {
    await assert.rejects(
      asker.put(AMT_GeneralSettings, { InstanceID, ...wrong }),
      (error: { code?: string; details?: { amtStatus?: number } }) =>
        error.code === "wsman.fault.internalError" && error.details?.amtStatus === 36,
    );
  }
  assert.deepEqual(await asker.get(AMT_GeneralSettings), before);
});

test("the web page is switched off and on", async () => {
  const { firmware } = aFirmware();
  const asker = new Asker(firmware);
  const request = async (RequestedState: number) =>
    (await asker.call(AMT_WebUIService, "RequestStateChange", { RequestedState })).ReturnValue;
  assert.equal(await request(3), 0);
  assert.equal(firmware.isWebPageOpen, false);
  assert.equal((await asker.get(AMT_WebUIService)).EnabledState, "disabled");
  assert.equal(await request(2), 0);
  assert.equal(firmware.isWebPageOpen, true);
  assert.equal(await request(10), 5);
});
