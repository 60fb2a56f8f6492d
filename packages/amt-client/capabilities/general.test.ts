import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";

test("setHostName() changes the names and leaves the rest as it was", async () => {
  const { device, firmware } = aPair();
  await using _ = device;
  const before = await device.general.read();
  const after = await device.general.setHostName({ hostName: "pc-17", domainName: "example.test" });
  assert.deepEqual(after, { ...before, hostName: "pc-17", domainName: "example.test" });
  assert.equal(firmware.state.hostName, "pc-17");
});

test("the web page can be closed and opened", async () => {
  const { device, firmware } = aPair();
  await using _ = device;
  assert.equal(await device.general.isWebPageOpen(), true);
  await device.general.closeWebPage();
  assert.equal(firmware.isWebPageOpen, false);
  await device.general.openWebPage();
  assert.equal(await device.general.isWebPageOpen(), true);
});

test("settings are changed in parts; what is out of range is refused", async () => {
  const { device } = aPair();
  const before = await device.general.read();
  const after = await device.general.change({ answersRmcpPing: false, idleMinutes: 5 });
  assert.deepEqual(after, { ...before, answersRmcpPing: false, idleMinutes: 5 });
  const wrong = device.general.change({ idleMinutes: 65_536 });
  await assert.rejects(wrong, errorWith("amt.general.refused", { status: "invalid-parameter" }));
  assert.deepEqual(await device.general.read(), after);
});
