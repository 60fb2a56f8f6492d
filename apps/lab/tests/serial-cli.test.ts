import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { aLoneDevice } from "../lone-device.ts";
import { until } from "../stage.ts";

const vigil = join(import.meta.dirname, "../../cli/bin/vigil.mjs");

for (const way of ["--plain", "--insecure"]) {
  test(`vigil amt HOST sol ${way}: keys go to the host's prompt, its output comes back, and Control and ] leaves`, async () => {
    await using lone = await aLoneDevice(way === "--plain" ? "127.90.7.1" : "127.90.7.2");
    const { firmware } = lone.device;
    const child = spawn(process.execPath, [vigil, "amt", lone.address, "sol", way], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, NODE_NO_WARNINGS: "1", VIGIL_AMT_PASSWORD: lone.password },
    });
    const ended = once(child, "exit");
    let screen = "";
    let remarks = "";
    child.stdout.on("data", (bytes: Buffer) => (screen += bytes.toString("latin1")));
    child.stderr.on("data", (bytes: Buffer) => (remarks += bytes.toString("latin1")));
    try {
      await until("the session", () => remarks.includes("the machine is on"), { limitMs: 20_000 });
      child.stdin.write("hello\r");
      await until("the echo", () => screen.includes("hello\r\nhello: unknown\r\ndisk> "), { limitMs: 20_000 });
      child.stdin.write("\u001d");
      const [code] = await ended;
      assert.equal(code, 0, remarks);
      assert.match(remarks, /connected; Control and \] leaves[^]*closed/);
      await until("the end of the session", () => firmware.sessions.of("sol") === undefined, { limitMs: 20_000 });
    } catch (cause) {
      throw new Error(`${screen} | ${remarks}`, { cause });
    } finally {
      child.kill();
    }
  });
}
