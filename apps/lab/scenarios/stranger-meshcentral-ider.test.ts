import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@vigil/base/clock.ts";
import type { Firmware } from "@vigil/virtual-device/firmware.ts";
import { isoImage } from "@vigil/virtual-device/testing/iso-image.ts";
import { aLoneDevice } from "../lone-device.ts";
import { defineScenario } from "../scenarios.ts";
import { until } from "../stage.ts";
import { strangerFromNpm } from "../strangers.ts";

export default defineScenario({
  name: "stranger-meshcentral-ider",
  story:
    "MeshCentral's IDE-R client shows an ISO image to a virtual device, whose host boots from it and reads every byte",
  smallSize: 1,
  async play({ say, signal }) {
    const folder = await strangerFromNpm("meshcentral", "1.1.55", "amt");
    if (folder === undefined) {
      say("skipped: npm has no meshcentral here");
      return { skipped: "meshcentral" };
    }
    const work = mkdtempSync(join(tmpdir(), "vigil-ider-"));
    const image = isoImage({
      label: "STRANGER",
      files: { "KERNEL.BIN": pattern(3_000_000), "README.TXT": pattern(700) },
    });
    const file = join(work, "stranger.iso");
    writeFileSync(file, image);
    await using lone = await aLoneDevice("127.90.5.1");
    const { firmware } = lone.device;
    const clock = systemClock();
    const driver = join(import.meta.dirname, "../strangers/meshcentral-ider.cjs");
    const child = spawn(process.execPath, [driver, folder, lone.address, file], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, PASSWORD: lone.password },
    });
    const ended = once(child, "exit");
    try {
      await until("MeshCentral's session", () => firmware.sessions.of("ider") !== undefined, { signal });
      let text = "";
      firmware.machine.serial.attach((bytes) => (text += Buffer.from(bytes).toString("latin1")));
      boot(firmware);
      await until("the prompt", () => text.includes("cd> "), { signal });
      assert.match(text, /Volume STRANGER\r\n {2}KERNEL\.BIN +3000000\r\n {2}README\.TXT +700\r\n/);
      const startedAt = clock.monotonic();
      firmware.machine.serial.type(Buffer.from("sum\r"));
      await until("the checksum", () => text.includes("sha256"), { signal });
      const seconds = (clock.monotonic() - startedAt) / 1000;
      const sum = createHash("sha256").update(image).digest("hex");
      assert.match(text, new RegExp(`sha256 ${sum} ${image.length}\r\n`));
      say(`${image.length} bytes, SHA-256 ${sum.slice(0, 16)}…`);
      return { bytes: image.length, megabytesPerSecond: Number((image.length / seconds / 1e6).toFixed(1)) };
    } finally {
      child.kill();
      await ended;
      rmSync(work, { recursive: true, force: true });
    }
  },
});

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_one, index) => (index * 31 + (index >> 7)) & 0xff);
}

/** As a manager arranges it over WS-Management. */
function boot(firmware: Firmware): void {
  firmware.change((state) => {
    state.boot = { ...state.boot, settings: { UseSOL: true, UseIDER: true, IDERBootDevice: "cd" }, isNext: true };
  });
  assert.equal(firmware.power.request(10), 0);
}
