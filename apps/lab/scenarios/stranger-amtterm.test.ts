import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { Firmware } from "@vigil/virtual-device/firmware.ts";
import { aLoneDevice } from "../lone-device.ts";
import { defineScenario } from "../scenarios.ts";
import { until } from "../stage.ts";

export default defineScenario({
  name: "stranger-amtterm",
  story: "amtterm logs in to a virtual device's serial line, types at its prompt, sees it boot and lose its power",
  smallSize: 1,
  async play({ say, signal }) {
    if (!["/usr/bin/amtterm", "/usr/bin/script"].every((path) => existsSync(path))) {
      say("skipped: amtterm or script is not installed");
      return { skipped: "amtterm" };
    }
    // amtterm logs in with the password as it is, which firmware after 7 does not take.
    await using lone = await aLoneDevice("127.90.6.1", "7");
    const { firmware } = lone.device;
    // It wants a terminal, which script gives it.
    const command = `amtterm -v -u ${lone.username} ${lone.address} 16994`;
    const child = spawn("script", ["-qfec", command, "/dev/null"], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, AMT_PASSWORD: lone.password },
    });
    const ended = once(child, "exit");
    // The terminal in between makes line ends of its own.
    let text = "";
    child.stdout.on("data", (bytes: Buffer) => (text += bytes.toString("latin1").replaceAll("\r", "")));
    const seen = (what: string): Promise<void> => until(what, () => text.includes(what), { signal, limitMs: 20_000 });
    try {
      await until("amtterm's session", () => firmware.sessions.of("sol") !== undefined, { signal, limitMs: 20_000 });
      await seen("serial-over-lan redirection ok");
      child.stdin.write("hello\r");
      await seen("hello: unknown\ndisk> ");
      restart(firmware);
      await seen(`Virtual BIOS of ${firmware.identity.model}`);
      await seen("Starting the operating system\ndisk> ");
      assert.equal(firmware.power.request(8), 0);
      await seen("powered off");
      // Control and ] is how it is left.
      child.stdin.write("\u001d");
      await ended;
      await until("the end of the session", () => firmware.sessions.of("sol") === undefined, { signal });
      say(`${text.length} characters on its screen`);
      return { characters: text.length };
    } catch (cause) {
      throw new Error(`amtterm's screen: ${JSON.stringify(text.slice(-600))}`, { cause });
    } finally {
      child.kill();
      await ended;
    }
  },
});

function restart(firmware: Firmware): void {
  firmware.change((state) => {
    state.boot = { ...state.boot, settings: { UseSOL: true }, isNext: true };
  });
  assert.equal(firmware.power.request(10), 0);
}
