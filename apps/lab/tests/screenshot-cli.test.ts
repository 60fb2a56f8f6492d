import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { inflateSync } from "node:zlib";
import type { Firmware } from "@vigil/virtual-device/firmware.ts";
import { IPS_KVMRedirectionSettingData } from "@vigil/model/ips/IPS_KVMRedirectionSettingData.ts";
import { encodeInstance } from "@vigil/model/instances.ts";
import { aLoneDevice } from "../lone-device.ts";
import { runVigil } from "../programs.ts";
import { setStage, until, untilProvisioned } from "../stage.ts";

const folder = mkdtempSync(join(tmpdir(), "vigil-screen-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Its screen needs no consent. */
function askNobody(firmware: Firmware): void {
  const settings = { OptInPolicy: false, InstanceID: "Intel(r) KVM Redirection Settings", SessionTimeout: 3 };
  firmware.change((state) => {
    state.stored["IPS_KVMRedirectionSettingData"] = [encodeInstance(IPS_KVMRedirectionSettingData, settings)];
  });
}

test("vigil amt HOST kvm --screenshot writes what the host shows, and leaves no session open", async () => {
  await using lone = await aLoneDevice("127.90.7.11");
  const { firmware } = lone.device;
  askNobody(firmware);
  const file = join(folder, "now.png");
  const env = { VIGIL_AMT_PASSWORD: lone.password };
  const done = await runVigil(["amt", lone.address, "kvm", "--insecure", "--screenshot", file, "--json"], env);
  assert.equal(done.code, 0, done.stderr);
  assert.partialDeepStrictEqual(JSON.parse(done.stdout), { file, width: 1024, height: 768 });
  const png = readFileSync(file);
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1024, 768]);
  const at = png.indexOf("IDAT");
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  assert.equal(rows.length, 768 * (1 + 3 * 1024));
  assert.ok(new Set(rows).size > 5, "there is something to be seen");
  assert.equal(firmware.sessions.of("kvm"), undefined);
});

test("a screenshot wants a file, and a device whose screen is off says so by its code", async () => {
  const wrong = await runVigil(["amt", "127.90.7.12", "kvm", "--insecure"], { VIGIL_AMT_PASSWORD: "x" });
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /kvm and --screenshot FILE go together/);
  await using lone = await aLoneDevice("127.90.7.12");
  lone.device.firmware.change((state) => {
    state.redirection.kvm = false;
  });
  const args = ["amt", lone.address, "kvm", "--insecure", "--screenshot", join(folder, "off.png")];
  const off = await runVigil(args, { VIGIL_AMT_PASSWORD: lone.password });
  assert.equal(off.code, 1);
  assert.match(off.stderr, /amt\.redirection\.off/);
});

test("vigil kvm DEVICE --screenshot writes the same through the server; a device that wants consent says so", async () => {
  await using stage = await setStage({ devices: 1 });
  await untilProvisioned(stage, 1);
  const [device] = stage.fleet.devices;
  assert.ok(device);
  const { firmware, address } = device;
  const file = join(folder, "relayed.png");
  const env = { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token };
  const shoot = (): ReturnType<typeof runVigil> => runVigil(["kvm", address, "--screenshot", file, "--json"], env);
  const settings = { OptInPolicy: true, InstanceID: "Intel(r) KVM Redirection Settings", SessionTimeout: 3 };
  firmware.change((state) => {
    state.stored["IPS_KVMRedirectionSettingData"] = [encodeInstance(IPS_KVMRedirectionSettingData, settings)];
  });
  const refused = await shoot();
  assert.notEqual(refused.code, 0);
  assert.match(refused.stdout, /amt\.consent\.needed/);
  askNobody(firmware);
  const done = await shoot();
  assert.equal(done.code, 0, done.stderr);
  assert.partialDeepStrictEqual(JSON.parse(done.stdout), { file, width: 1024, height: 768 });
  assert.equal(readFileSync(file).readUInt32BE(16), 1024);
  await until("the session is over", () => firmware.sessions.of("kvm") === undefined);
});
