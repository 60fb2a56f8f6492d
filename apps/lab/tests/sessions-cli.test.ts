import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// `vigil sol DEVICE`: the serial line through a real server, on the command line's own terminal.

const vigil = join(import.meta.dirname, "../../cli/bin/vigil.mjs");
const soon = { limitMs: 20_000 };

let stage: Stage;
let device: VirtualDevice;

before(async () => {
  stage = await setStage({ devices: 1, fleet: { generations: ["16"] } });
  await untilProvisioned(stage, 1);
  device = stage.fleet.devices[0] ?? assert.fail();
});
after(() => stage[Symbol.asyncDispose]());

interface Running extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  screen: string;
  remarks: string;
  type(text: string): void;
}

function sol(...more: readonly string[]): Running {
  const child = spawn(process.execPath, [vigil, "sol", device.firmware.uuid, ...more], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, NODE_NO_WARNINGS: "1", VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token },
  });
  const ended = once(child, "exit").then(([code]: unknown[]) => code);
  const running: Running = {
    child,
    ended,
    screen: "",
    remarks: "",
    type: (text) => void child.stdin.write(text),
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
  child.stdout.on("data", (bytes: Buffer) => (running.screen += bytes.toString("latin1")));
  child.stderr.on("data", (bytes: Buffer) => (running.remarks += bytes.toString("latin1")));
  return running;
}

test("keys go to the host's prompt, its output comes back, and Control and ] leaves nothing open", async () => {
  await using running = sol();
  await until("the session", () => running.remarks.includes("the machine is on"), soon);
  running.type("hello\r");
  await until("the echo", () => running.screen.includes("hello\r\nhello: unknown\r\n"), soon);
  running.type("\u001d");
  assert.equal(await running.ended, 0, running.remarks);
  assert.match(running.remarks, /connected; Control and \] leaves[^]*closed/);
  await until("the end of the session", () => device.firmware.sessions.of("sol") === undefined, soon);
  const entries = async () => (await stage.client.audit.list({ query: { search: "session.ended" } })).items;
  await until("its entry", async () => (await entries()).length === 1, soon);
  assert.equal((await entries())[0]?.details["code"], null);
});

test("a second one is told who has the line, and takes it over when it says so", async () => {
  await using first = sol();
  await until("the first session", () => first.remarks.includes("the machine is on"), soon);
  await using second = sol();
  assert.equal(await second.ended, 2, second.remarks);
  assert.match(second.remarks, /sessions\.busy/);
  assert.match(second.remarks, /api-key:program/);
  await using third = sol("--take-over");
  await until("the third session", () => third.remarks.includes("the machine is on"), soon);
  assert.equal(await first.ended, 2, first.remarks);
  assert.match(first.remarks, /sessions\.taken-over/);
});
