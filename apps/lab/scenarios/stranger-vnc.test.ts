import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connect } from "@vigil/amt-client/device.ts";
import { directDialer } from "@vigil/amt-client/dial/direct.ts";
import { systemClock, testClock } from "@vigil/base/clock.ts";
import type { Firmware } from "@vigil/virtual-device/firmware.ts";
import { FrameBuffer } from "@vigil/virtual-device/host/frame-buffer.ts";
import { sceneOf } from "@vigil/virtual-device/host/scene.ts";
import { aLoneDevice, type LoneDevice } from "../lone-device.ts";
import { defineScenario } from "../scenarios.ts";
import { strangerFromNpm } from "../strangers.ts";

/** The plain port's own password: eight characters of four kinds. */
const screenPassword = "P@ssw0rd";

export default defineScenario({
  name: "stranger-vnc",
  story: "vnc-rfb-client sees a virtual device's screen at the plain port, pixel by pixel, and what changes on it",
  smallSize: 1,
  async play({ say, signal }) {
    const folder = await strangerFromNpm("vnc-rfb-client", "0.2.0");
    if (folder === undefined) {
      say("skipped: npm has no vnc-rfb-client here");
      return { skipped: "vnc-rfb-client" };
    }
    // The device's time stands still, so that what its screen shows is known.
    const clock = testClock();
    await using lone = await aLoneDevice("127.90.8.1", "16", { clock });
    const { firmware } = lone.device;
    await openPlainPort(lone);
    const driver = join(import.meta.dirname, "../strangers/vnc-rfb.cjs");
    // Its DES is one that OpenSSL 3 hides.
    const child = spawn(process.execPath, ["--openssl-legacy-provider", driver, folder, lone.address], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, NODE_NO_WARNINGS: "1", PASSWORD: screenPassword },
      signal,
    });
    const ended = once(child, "exit");
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const seen = async (): Promise<Readonly<Record<string, unknown>>> => {
      const { value } = await lines.next();
      assert.ok(typeof value === "string", "the viewer has ended");
      return JSON.parse(value);
    };
    try {
      const first = await seen();
      const size = { width: 1024, height: 768, name: "Intel(r) AMT KVM", bits: 16 };
      assert.deepEqual(first, { ...size, tiles: 192, sha256: shownBy(firmware) });
      assert.notEqual(firmware.sessions.of("kvm"), undefined);
      await clock.advance(1_000);
      let last = await seen();
      for (let updates = 1; last["sha256"] !== shownBy(firmware); updates += 1) {
        assert.ok(updates < 10, "its picture does not become the device's");
        last = await seen();
      }
      assert.notEqual(last["sha256"], first["sha256"]);
      const changed = Number(last["tiles"]) - Number(first["tiles"]);
      assert.ok(changed < 100, `${changed} tiles came for a clock and a block that moved`);
      child.stdin.write("quit\n");
      await ended;
      say(`192 tiles, then ${changed} that changed`);
      return { tiles: 192, changed };
    } finally {
      child.kill();
      await ended;
    }
  },
});

async function openPlainPort({ address, username, password }: LoneDevice): Promise<void> {
  await using device = connect({
    dialer: directDialer({ host: address }),
    port: 16_992,
    credential: { username, password },
    clock: systemClock(),
  });
  await device.features.setScreen({ needsConsent: false, isPlainPortOpen: true, plainPassword: screenPassword });
}

/** All pixels of the screen as they are on the wire: 16 bits, the low byte first. */
function shownBy(firmware: Firmware): string {
  const frame = new FrameBuffer();
  frame.draw(sceneOf(firmware));
  const bytes = Buffer.alloc(2 * frame.pixels.length);
  frame.pixels.forEach((pixel, index) => bytes.writeUInt16LE(pixel, 2 * index));
  return createHash("sha256").update(bytes).digest("hex");
}
