import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Boot } from "@vigil/api/resources/boots.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { isoImage } from "@vigil/virtual-device/testing/iso-image.ts";
import { runVigil } from "../programs.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";
import { askAndOpen } from "../testing/session-socket.ts";

// What can come in between when a device is started from elsewhere: whatever it is, the device is as before.

const count = 6;
let stage: Stage;

before(async () => {
  stage = await setStage({ devices: count });
  await untilProvisioned(stage, count);
  const bytes = new Uint8Array(isoImage({ label: "RESCUE", files: { "README.TXT": new Uint8Array(700) } }));
  const { id } = await stage.client.images.begin({ body: { name: "rescue.iso", kind: "cd", bytes: bytes.length } });
  await stage.client.images.part({ params: { id }, query: { offset: 0 }, body: bytes });
  await stage.client.images.finish({ params: { id }, body: {} });
});
after(() => stage[Symbol.asyncDispose]());

function deviceAt(index: number): VirtualDevice {
  const device = stage.fleet.devices[index];
  assert.ok(device);
  return device;
}

function begin(device: VirtualDevice, body: Parameters<Stage["client"]["boots"]["begin"]>[0]["body"]): Promise<Boot> {
  return stage.client.boots.begin({ params: { id: device.firmware.uuid }, body });
}

async function codeOf(failing: Promise<unknown>): Promise<string> {
  const error = await failing.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof VigilError, String(error));
  return error.code;
}

async function ended(id: string): Promise<Boot> {
  const show = (): Promise<Boot> => stage.client.boots.show({ params: { id } });
  await until("the boot has ended", async () => (await show()).state === "ended", { limitMs: 60_000 });
  return show();
}

function isAsBefore({ firmware }: VirtualDevice): void {
  assert.deepEqual(firmware.state.boot.settings, {});
  assert.equal(firmware.state.boot.source, null);
  assert.equal(firmware.sessions.of("ider"), undefined);
}

test("a fault in answer to the power command ends the boot: its options and its image are taken back", async () => {
  const device = deviceAt(0);
  const fault = { kind: "fault", name: "InternalError" } as const;
  device.faults.set({ misbehavior: fault, matching: "RequestPowerStateChange_INPUT" });
  const code = await codeOf(begin(device, { to: "image", image: "rescue.iso", showsOnSerial: true }));
  device.faults.clear();
  assert.match(code, /^wsman\.fault\./);
  isAsBefore(device);
  const { items } = await stage.client.boots.list({ query: { device: device.firmware.uuid } });
  assert.partialDeepStrictEqual(items, [{ state: "ended", outcome: "failed", error: { code }, startedAt: null }]);
  // The device has done it all the same, as firmware may.
  await until("the host stands still", () => !device.firmware.power.isMoving);
});

test("a power command whose answer is lost is not repeated: that the machine has started, it says itself", async () => {
  const device = deviceAt(0);
  const starts = device.firmware.state.bootCount;
  device.faults.set({ misbehavior: { kind: "drop-after" }, matching: "RequestPowerStateChange_INPUT" });
  assert.equal(await codeOf(begin(device, { to: "bios-setup" })), "amt.outcome.unknown");
  device.faults.clear();
  const { items } = await stage.client.boots.list({ query: { device: device.firmware.uuid, limit: 1 } });
  assert.partialDeepStrictEqual(await ended(items[0]?.id ?? ""), { outcome: "started", error: null });
  assert.equal(device.firmware.state.bootCount, starts + 1);
  assert.equal(device.firmware.state.lastBoot.options["BIOSSetup"], true);
});

test("a machine that was off is switched on for its image, and off again afterwards", async () => {
  const { firmware } = deviceAt(1);
  assert.equal(firmware.power.request(8), 0);
  await until("it is off", () => firmware.state.powerState === 8);
  const { id } = await begin(deviceAt(1), { to: "image", image: "rescue.iso", returns: true });
  const started = async (): Promise<boolean> => (await stage.client.boots.show({ params: { id } })).startedAt !== null;
  await until("it has started", started, { limitMs: 30_000 });
  assert.equal(firmware.machine.bootDrive === undefined, false, "the image is in its drive");
  assert.equal(await codeOf(begin(deviceAt(1), { to: "network" })), "boots.busy");
  assert.equal(await codeOf(stage.client.images.remove({ params: { name: "rescue.iso" } })), "images.in-use");
  const boot = await stage.client.boots.end({ params: { id }, body: {} });
  assert.partialDeepStrictEqual(boot, { state: "ended", outcome: "stopped", error: null });
  await until("it is off again", () => firmware.state.powerState === 8 && !firmware.power.isMoving);
  isAsBefore(deviceAt(1));
});

test("a device whose disk is not redirected gets that for the boot, and no longer", async () => {
  const device = deviceAt(2);
  device.firmware.change((state) => {
    state.redirection.ider = false;
  });
  const { id } = await begin(device, { to: "image", image: "rescue.iso" });
  assert.equal(device.firmware.state.redirection.ider, true);
  await stage.client.boots.end({ params: { id }, body: {} });
  assert.deepEqual(device.firmware.state.redirection, { sol: true, ider: false, kvm: true });
  isAsBefore(device);
});

test("a device that vanishes in the midst of its image is put right when it is back", async () => {
  const device = deviceAt(3);
  const { id } = await begin(device, { to: "image", image: "rescue.iso" });
  device.faults.set({ misbehavior: { kind: "refuse" } });
  device.dropConnections();
  const show = (): Promise<Boot> => stage.client.boots.show({ params: { id } });
  await until("it is known to be lost", async () => (await show()).state === "returning", { limitMs: 60_000 });
  assert.partialDeepStrictEqual(await show(), { outcome: "failed", error: { code: "amt.redirection.closed" } });
  device.faults.clear();
  assert.partialDeepStrictEqual(await ended(id), { outcome: "failed" });
  isAsBefore(device);
});

test("a boot that has not been used up gives way to the next one; one without its image is refused", async () => {
  const device = deviceAt(4);
  const first = await begin(device, { to: "network" });
  assert.equal(first.state, "waiting");
  assert.equal(await codeOf(begin(device, { to: "image" })), "boots.unclear");
  assert.equal(await codeOf(begin(device, { to: "image", image: "other.iso" })), "images.unknown");
  const second = await begin(device, { to: "bios-setup" });
  assert.partialDeepStrictEqual(await stage.client.boots.show({ params: { id: first.id } }), { outcome: "replaced" });
  assert.partialDeepStrictEqual(await ended(second.id), { outcome: "started" });
});

test("a job starts many devices from elsewhere, and says of each what it was told", async () => {
  const devices = [4, 5].map((index) => deviceAt(index));
  const target = { devices: devices.map(({ firmware }) => firmware.uuid) };
  const parameters = { to: "network", serial: "serial" };
  const run = await stage.client.runs.start({ body: { operation: "boot.once", target, parameters } });
  const params = { id: run.id };
  await until("the run is over", async () => (await stage.client.runs.show({ params })).state === "finished");
  const { items } = await stage.client.runs.results({ params, query: { limit: 10 } });
  for (const item of items) {
    assert.partialDeepStrictEqual(item, { outcome: "succeeded", answer: "Told to start from the network (PXE)" });
  }
  for (const { firmware } of devices) {
    await until("it has started", () => firmware.state.lastBoot.source === "Intel(r) AMT: Force PXE Boot");
    assert.equal(firmware.state.lastBoot.options["UseSOL"], true);
  }
});

test("a command that is stopped before the machine was told leaves nothing arranged", async () => {
  const device = deviceAt(4);
  await until("the host stands still", () => !device.firmware.power.isMoving);
  device.faults.set({ misbehavior: { kind: "hang" }, matching: "SetBootConfigRole_INPUT" });
  const vigil = join(import.meta.dirname, "../../cli/bin/vigil.mjs");
  const child = spawn(process.execPath, [vigil, "boot", device.address, "--image", "rescue.iso"], {
    stdio: ["ignore", "inherit", "pipe"],
    env: { ...process.env, NODE_NO_WARNINGS: "1", VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token },
  });
  let remarks = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (remarks += text));
  const exited = once(child, "exit");
  await until("the options are on the device", () => device.firmware.state.boot.settings["UseIDER"] === true);
  child.kill("SIGINT");
  assert.deepEqual(await exited, [130, null], remarks);
  assert.match(remarks, /^Stopped\./m);
  device.faults.clear();
  const { items } = await stage.client.boots.list({ query: { device: device.firmware.uuid, limit: 1 } });
  assert.partialDeepStrictEqual(await ended(items[0]?.id ?? ""), { outcome: "failed", startedAt: null });
  isAsBefore(device);
});

test("a drive that somebody else has, and a user who has not agreed, are said by their codes, and nothing stays behind", async () => {
  const device = deviceAt(5);
  await until("the host stands still", () => !device.firmware.power.isMoving);
  const starts = device.firmware.state.bootCount;
  device.faults.set({ misbehavior: { kind: "session", how: "busy" } });
  assert.equal(await codeOf(begin(device, { to: "image", image: "rescue.iso" })), "amt.redirection.busy");
  device.faults.clear();
  isAsBefore(device);
  device.firmware.change((state) => {
    state.controlMode = "client";
  });
  assert.equal(await codeOf(begin(device, { to: "image", image: "rescue.iso" })), "amt.consent.needed");
  assert.equal(await codeOf(begin(device, { to: "network" })), "amt.consent.needed");
  isAsBefore(device);
  assert.equal(device.firmware.state.bootCount, starts);
  const { items } = await stage.client.images.list();
  assert.partialDeepStrictEqual(items, [{ name: "rescue.iso", inUse: 0 }]);
});

test("a disk that somebody lends to the device is theirs: the boot says who has it, and since when", async () => {
  const device = deviceAt(1);
  const { client, url, token } = stage;
  using lent = await askAndOpen({ client, url, token }, device.firmware.uuid, { kind: "ider" });
  assert.partialDeepStrictEqual(await lent.frame(), { type: "opened" });
  const error: unknown = await begin(device, { to: "image", image: "rescue.iso" }).catch((cause: unknown) => cause);
  assert.ok(error instanceof VigilError);
  assert.equal(error.code, "boots.busy");
  assert.match(String(error.details["by"]), /^api-key:/);
});

test("a start from a lent disk is taken back when the disk has gone before the machine has started", async () => {
  const device = deviceAt(1);
  const { client, url, token } = stage;
  const starts = device.firmware.state.bootCount;
  {
    await until("nobody has the drive", () => device.firmware.sessions.of("ider") === undefined);
    using lent = await askAndOpen({ client, url, token }, device.firmware.uuid, { kind: "ider" });
    assert.partialDeepStrictEqual(await lent.frame(), { type: "opened" });
    device.faults.set({ misbehavior: { kind: "drop" }, matching: "RequestPowerStateChange_INPUT" });
    assert.equal(await codeOf(begin(device, { to: "image", isLent: true })), "amt.outcome.unknown");
    device.faults.clear();
    assert.equal(device.firmware.state.boot.settings["UseIDER"], true);
  }
  const { items } = await client.boots.list({ query: { device: device.firmware.uuid, limit: 1 } });
  const boot = await ended(items[0]?.id ?? "");
  assert.partialDeepStrictEqual(boot, { outcome: "interrupted", error: { code: "boots.nothing-lent" } });
  isAsBefore(device);
  assert.equal(device.firmware.state.bootCount, starts);
});

test("vigil image puts a file into the library, lists it with its checksum, and takes it out again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vigil-image-"));
  const file = join(folder, "tools.img");
  writeFileSync(file, new Uint8Array(1_474_560));
  const env = { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token };
  try {
    const added = await runVigil(["image", "add", file, "--floppy", "--name", "tools-1.img", "--json"], env);
    assert.equal(added.code, 0, added.stderr);
    const { sha256 } = JSON.parse(added.stdout);
    const list = await runVigil(["images", "list"], env);
    assert.match(list.stdout, new RegExp(`^tools-1\\.img +floppy +1\\.5 MB +${String(sha256).slice(0, 16)}`, "m"));
    const again = await runVigil(["image", "add", file, "--name", "tools-1.img"], env);
    assert.match(again.stderr, /images\.taken/);
    assert.equal((await runVigil(["image", "remove", "tools-1.img"], env)).code, 0);
    assert.equal((await stage.client.images.list()).items.length, 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a server that is stopped takes the image away first, and says so afterwards", async () => {
  const device = deviceAt(3);
  const { id } = await begin(device, { to: "image", image: "rescue.iso" });
  await until("it has started", () => device.firmware.state.lastBoot.options["UseIDER"] === true);
  await stage.server.stop();
  isAsBefore(device);
  await stage.restart();
  const boot = await stage.client.boots.show({ params: { id } });
  assert.partialDeepStrictEqual(boot, { outcome: "interrupted", error: { code: "boots.interrupted" } });
  await ended(id);
});
