import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@vigil/base/clock.ts";
import { isoImage } from "@vigil/virtual-device/testing/iso-image.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, until, untilProvisioned } from "../stage.ts";

const vigil = join(import.meta.dirname, "../../cli/bin/vigil.mjs");
/** What the story's image holds, its file system aside. */
const imageBytes = 50_000_000;

export default defineScenario({
  name: "boot-from-iso",
  story:
    "an ISO image is put into the library and a host boots from it; the command is stopped half-way, and the boot order is as it was",
  smallSize: 1,
  async play({ devices, say, signal }) {
    await using stage = await setStage({ devices });
    await untilProvisioned(stage, devices, signal);
    const [device] = stage.fleet.devices;
    assert.ok(device);
    const { firmware } = device;
    const work = mkdtempSync(join(tmpdir(), "vigil-iso-"));
    const file = join(work, "rescue.iso");
    const files = { "KERNEL.BIN": new Uint8Array(imageBytes).fill(7), "README.TXT": new Uint8Array(700) };
    writeFileSync(file, isoImage({ label: "RESCUE", files }));
    let console = "";
    firmware.machine.serial.attach((bytes) => (console += Buffer.from(bytes).toString("latin1")));
    const clock = systemClock();
    const started = clock.monotonic();
    const child = spawn(process.execPath, [vigil, "boot", device.address, "--image", file], {
      stdio: ["ignore", "inherit", "pipe"],
      env: { ...process.env, NODE_NO_WARNINGS: "1", VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token },
    });
    let remarks = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (remarks += text));
    const ended = once(child, "exit");
    try {
      await until("the host's prompt", () => console.includes("cd> ") || child.exitCode !== null, { signal });
      assert.match(console, /Volume RESCUE\r\n {2}KERNEL\.BIN +50000000\r\n {2}README\.TXT +700\r\n/, remarks);
      const bootSeconds = (clock.monotonic() - started) / 1000;
      say(`the console lists the image's files after ${bootSeconds.toFixed(1)} s`);
      assert.equal(firmware.state.lastBoot.options["UseIDER"], true);
      const boot = async () => (await stage.client.boots.list({ query: { isOpen: true } })).items[0];
      const read = async () => (await boot())?.progress;
      await until(
        "the server sees that the machine has started",
        async () => typeof (await boot())?.startedAt === "string",
        { signal },
      );
      firmware.machine.serial.type(Buffer.from("sum\r"));
      const half = async (): Promise<boolean> => ((await read())?.bytesRead ?? 0) > imageBytes / 2;
      const readFrom = clock.monotonic();
      await until("half of it read", half, { lookMs: 50, signal });
      const readSeconds = (clock.monotonic() - readFrom) / 1000;
      const progress = await read();
      assert.ok(progress && progress.bytesPerSecond > 0 && progress.secondsLeft !== null, JSON.stringify(progress));
      child.kill("SIGINT");
      const [code] = await ended;
      assert.equal(code, 0, remarks);
      assert.match(remarks, /its boot order is as it was/);
      assert.deepEqual(firmware.state.boot.settings, {});
      assert.equal(firmware.state.boot.source, null);
      assert.equal(firmware.sessions.of("ider"), undefined);
      const { items } = await stage.client.boots.list();
      assert.partialDeepStrictEqual(items, [{ state: "ended", outcome: "stopped", error: null }]);
      const megabytesPerSecond = Number((imageBytes / 2 / readSeconds / 1e6).toFixed(1));
      return { bytes: imageBytes, bootSeconds: Number(bootSeconds.toFixed(1)), megabytesPerSecond };
    } finally {
      child.kill();
      await ended;
      rmSync(work, { recursive: true, force: true });
    }
  },
});
