import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { decodeHello } from "@vigil/wire/hello.ts";
import { folderFlash } from "./flash.ts";
import type { FleetOptions } from "./fleet.ts";
import { aFleet, deviceOf, identifyEnvelope, run } from "./testing/tools.ts";
import { someAddress } from "./testing/some-address.ts";

/** Below the system's range for outgoing connections, apart from AMT's own ports. */
const somePort = (): number => 20_000 + Math.floor(Math.random() * 5_000) * 2;

async function identifyCode(address: string, port: number): Promise<number> {
  const args = ["-sS", "-m", "10", "--digest", "-u", "admin:admin", "--data-binary", identifyEnvelope];
  return (await run("curl", [...args, `http://${address}:${port}/wsman`])).code;
}

test("two thousand devices share two listeners, and each answers as itself", async () => {
  const plain = somePort();
  await using fleet = await aFleet({ count: 2_000, listen: "shared", ports: { plain, tls: plain + 1 } });
  assert.equal(new Set(fleet.devices.map(({ firmware }) => firmware.uuid)).size, 2_000);
  for (const index of [0, 999, 1_999]) {
    const device = deviceOf(fleet, index);
    assert.equal(await identifyCode(device.address, plain), 0);
    assert.equal(device.requests > 0, true);
  }
  assert.equal(fleet.devices.filter(({ requests }) => requests > 0).length, 3);
  assert.notEqual(await identifyCode("127.0.0.1", plain), 0, "an address without a device");
});

test("addresses outside 127.0.0.0/8 are refused, and so is a range that ends before the fleet", async () => {
  for (const firstAddress of ["10.0.0.1", "192.168.1.1", "127.255.255.250", "no address"]) {
    await assert.rejects(aFleet({ firstAddress, count: 20 }), { code: "virtual.fleet.range" });
  }
});

test("an address that somebody else listens on is said so", async () => {
  const firstAddress = someAddress();
  const squatter = createServer().listen({ host: firstAddress, port: 16_992 });
  await once(squatter, "listening");
  await assert.rejects(aFleet({ firstAddress }), { code: "virtual.fleet.address" });
  squatter.close();
});

test("every device sends its own hello from its own address", async () => {
  const seen = new Map<string, string>();
  const listener = createServer((socket) => {
    const parts: Buffer[] = [];
    const { remoteAddress = "" } = socket;
    socket.on("data", (part) => parts.push(part));
    socket.once("end", () => {
      seen.set(remoteAddress, decodeHello(Buffer.concat(parts)).uuid);
      socket.end();
      if (seen.size === 3) listener.emit("all");
    });
  }).listen({ host: "127.0.0.1", port: 0 });
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  const all = once(listener, "all");
  await using fleet = await aFleet({ count: 3, hello: { host: "127.0.0.1", port } });
  await all;
  listener.close();
  for (const { address, firmware } of fleet.devices) assert.equal(seen.get(address), firmware.uuid);
});

test("what a device has saved is there after kill -9, and its folder has one owner", async () => {
  const directory = mkdtempSync(join(tmpdir(), "vigil-flash-"));
  const program = join(import.meta.dirname, "testing/fleet-program.ts");
  const child = spawn(process.execPath, [program, directory], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    let last = 0;
    let uuid = "";
    for await (const line of createInterface({ input: child.stdout })) {
      [last, uuid] = [Number(line.split(" ")[0]), line.split(" ")[1] ?? ""];
      if (last === 50) {
        assert.throws(() => folderFlash(directory, "other"), { code: "virtual.flash.in-use" });
        child.kill("SIGKILL");
      }
    }
    const flash = folderFlash(directory, "other");
    const saved = Number(flash.load(uuid)?.hostName.slice("name-".length));
    flash.close();
    assert.ok(last >= 50 && saved >= last, `saved ${saved}, acknowledged ${last}`);
    assert.notEqual(flash.seed, "other");
  } finally {
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
});

test("a device in factory state takes what is handed over for it, one that gets nothing stays as it is, and nobody is asked twice", async () => {
  const directory = mkdtempSync(join(tmpdir(), "vigil-handed-over-"));
  const asked: string[] = [];
  const start = () =>
    aFleet({
      count: 3,
      directory,
      isQuiet: true,
      handedOver: (candidates) => {
        asked.push(...candidates.map(({ identity }) => identity.uuid));
        const given = candidates.slice(1).map(({ identity: { uuid } }): [string, Given] => [uuid, aGift(uuid)]);
        return Promise.resolve(new Map(given));
      },
    });
  {
    await using fleet = await start();
    const modes = fleet.devices.map(({ firmware }) => firmware.mode);
    assert.deepEqual(modes, ["pre", "post", "post"]);
    const { firmware } = deviceOf(fleet, 1);
    assert.equal(firmware.state.hostName, `amt-${firmware.uuid}`);
    assert.deepEqual(firmware.ha1sOf("admin", { channel: "tls", hasSetupCertificate: false }), ["0".repeat(32)]);
    assert.ok(!firmware.isOpen(16_992) && firmware.isOpen(16_993));
  }
  await using again = await start();
  assert.equal(again.stats().provisioned, 2);
  assert.equal(asked.length, 4, "three at first, then the one that is still in factory state");
  rmSync(directory, { recursive: true });
});

type Given =
  Awaited<ReturnType<NonNullable<FleetOptions["handedOver"]>>> extends ReadonlyMap<string, infer G> ? G : never;

function aGift(uuid: string): Given {
  return { hostName: `amt-${uuid}`, domainName: "lab.example", adminHa1: "0".repeat(32), certificates: [] };
}

test("a port that a second change closes in the same breath is closed, though the first change is not saved yet", async () => {
  await using fleet = await aFleet();
  const { firmware, address } = deviceOf(fleet);
  firmware.change((state) => (state.hostName = "first"));
  // By now the ports are as the first change wants them.
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  firmware.change((state) => {
    state.mode = "post";
    state.activeTls = { ...state.activeTls, enabled: true, acceptsPlain: false };
  });
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  const socket = connect({ host: address, port: 16_992 });
  const outcome = await new Promise((resolve) => {
    socket.once("connect", () => resolve("open"));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  socket.destroy();
  assert.equal(outcome, "ECONNREFUSED");
});
