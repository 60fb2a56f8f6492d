import assert from "node:assert/strict";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
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

function account(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_NO_WARNINGS: "1", VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token };
}

function sol(...more: readonly string[]): Running {
  const child = spawn(process.execPath, [vigil, "sol", device.firmware.uuid, ...more], {
    stdio: ["pipe", "pipe", "pipe"],
    env: account(),
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

test("sessions are listed and ended, and recordings are asked for, listed, taken and removed", async () => {
  const settings = await vigilJson("session", "settings", "--serial-lines", "on", "--keep-days", "5", "--json");
  assert.deepEqual(settings, { recordsSerialLine: true, recordsScreen: false, keepDays: 5 });
  await using running = sol();
  await until("the session", () => running.remarks.includes("the machine is on"), soon);
  running.type("hello\r");
  await until("the echo", () => running.screen.includes("hello: unknown"), soon);
  const [open] = itemsOf(await vigilJson("session", "list", "--json"));
  const id = String(open?.["id"]);
  assert.deepEqual([open?.["kind"], open?.["isRecorded"]], ["sol", true]);
  assert.deepEqual(await vigilJson("session", "end", id, "--json"), { ended: id });
  assert.equal(await running.ended, 2);
  assert.match(running.remarks, /api-key:program has ended the session/);
  const recorded = async () => itemsOf(await vigilJson("session", "recordings", "--json"))[0];
  await until("the recording's end", async () => (await recorded())?.["endedAt"] !== null, soon);
  const file = join(mkdtempSync(join(tmpdir(), "vigil-recording-")), "line.cast");
  await vigilText("session", "recording", id, "--out", file);
  assert.match(readFileSync(file, "utf8"), /^\{"version":2[^]*hello: unknown/);
  await vigilText("session", "recording", id, "--remove");
  assert.deepEqual(itemsOf(await vigilJson("session", "recordings", "--json")), []);
});

async function vigilText(...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [vigil, ...words], { env: account() });
  return stdout;
}

async function vigilJson(...words: readonly string[]): Promise<unknown> {
  return JSON.parse(await vigilText(...words));
}

function itemsOf(answer: unknown): readonly Record<string, unknown>[] {
  assert.ok(typeof answer === "object" && answer !== null && "items" in answer && Array.isArray(answer.items));
  return answer.items;
}
