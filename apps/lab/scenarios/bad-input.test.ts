import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { RunResult } from "@vigil/api/resources/runs.ts";
import { encodeHello } from "@vigil/wire/hello.ts";
import type { Misbehavior } from "@vigil/virtual-device/faults.ts";
import { everySecretOpens } from "../proofs.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

const megabyte = 1024 * 1024;
/** What the server may grow by while all this comes in. Chosen: far below what any of it would cost if it were kept. */
const mostGrowthBytes = 150 * megabyte;
const flood = 100 * megabyte;

/** How a device misbehaves, and the code that an operator then sees, with its reason where it has one. */
const misbehaviors: readonly (readonly [string, Misbehavior, string])[] = [
  ["an XML bomb", { kind: "body", text: xmlBomb() }, "amt.answer.invalid wire.xml.doctype"],
  [
    "XML that goes down for ever",
    { kind: "body", text: "<a>".repeat(100_000) },
    "amt.answer.invalid wire.xml.too-deep",
  ],
  ["an answer of 100 MB", { kind: "body", text: "x".repeat(flood) }, "amt.answer.too-large wire.http.too-large"],
  ["a wrong password", { kind: "unauthorized" }, "amt.login.refused"],
  ["a closed port", { kind: "refuse" }, "amt.connect.refused"],
  ["half an answer, then nothing", { kind: "half", then: "hang" }, "amt.answer.timeout"],
];

export default defineScenario({
  name: "bad-input",
  story:
    "broken hellos, hostile answers and dead devices each get a code with a runbook, in bounded memory, and nobody else notices",
  smallSize: 12,
  async play({ devices, say, signal }) {
    assert.ok(devices > misbehaviors.length, `needs more than ${misbehaviors.length} devices`);
    await using stage = await setStage({ devices });
    await untilProvisioned(stage, devices, signal);
    const before = stage.server.memoryBytes();
    let peak = before;
    const watching = setInterval(() => (peak = Math.max(peak, stage.server.memoryBytes())), 20);
    try {
      const codes = new Set<string>();
      for (const code of await badHellos(stage, say, signal)) codes.add(code);
      for (const code of await badRequests(stage)) codes.add(code);
      for (const code of await badDevices(stage, say, signal)) codes.add(code);
      for (const device of stage.fleet.devices) device.faults.clear();
      await everySecretOpens(stage, devices, signal);
      assert.ok(peak - before < mostGrowthBytes, `the server grew by ${Math.round((peak - before) / megabyte)} MB`);
      const missing = [...codes].filter(
        (code) => !existsSync(join(import.meta.dirname, `../../../docs/runbooks/${code}.md`)),
      );
      assert.deepEqual(missing, [], "codes without a runbook");
      const grownMegabytes = Math.round((peak - before) / megabyte);
      return {
        devices,
        codes: [...codes].toSorted().join(" "),
        serverMegabytes: Math.round(before / megabyte),
        grownMegabytes,
      };
    } finally {
      clearInterval(watching);
    }
  },
});

/** @returns the codes that they were counted under */
async function badHellos(stage: Stage, say: (line: string) => void, signal: AbortSignal): Promise<string[]> {
  const rootHashes = [{ algorithm: "sha256" as const, hash: "ab".repeat(32) }];
  const good = { hasAdminCredentials: false, version: 3 as const, retryCount: 0, rootHashes };
  const hello = encodeHello({ ...good, uuid: "11111111-2222-3333-4444-555555555555" });
  say("sending a truncated hello, one of 100 MB, a forged one and one from nowhere");
  await send(stage, hello.subarray(0, hello.length - 7));
  const sent = await send(stage, Buffer.alloc(megabyte, 1), flood / megabyte);
  assert.ok(sent < flood, "the server took 100 MB");
  await send(stage, encodeHello({ ...good, uuid: "00000000-0000-0000-0000-000000000000" }));
  // Nothing listens where these two come from; the second claims to be a device that is ours.
  await send(stage, hello);
  const ours = stage.fleet.devices[0]?.firmware.uuid ?? "";
  await send(stage, encodeHello({ ...good, uuid: ours }));
  const refused = async (): Promise<Readonly<Record<string, number>>> =>
    (await stage.client.provisioning.list({ query: {} })).refused;
  const wanted = ["wire.hello.truncated", "wire.hello.too-large", "provisioning.hello.uuid-invalid"];
  await until("hellos refused", async () => Object.keys(await refused()).length >= wanted.length, { signal });
  const counts = await refused();
  for (const code of wanted) assert.equal(counts[code], 1, `${code}: ${JSON.stringify(counts)}`);
  const errorOf = async (uuid: string): Promise<string | undefined> =>
    (await stage.client.provisioning.list({ query: {} })).items.find((one) => one.uuid === uuid)?.error?.code;
  const strangers = {
    "11111111-2222-3333-4444-555555555555": "amt.connect.refused",
    [ours]: "provisioning.hello.contradicted",
  };
  for (const [uuid, code] of Object.entries(strangers)) {
    await until(`${code} for ${uuid}`, async () => (await errorOf(uuid)) === code, { limitMs: 60_000, signal });
  }
  const { state } = await stage.client.devices.show({ params: { id: ours } });
  assert.equal(state, "provisioned", "a forged hello has moved a device that is ours");
  return [...wanted, ...Object.values(strangers)];
}

/** Sends bytes to the hello port, `times` over, until they are out or nobody takes them. @returns how many were taken */
function send(stage: Stage, bytes: Uint8Array, times = 1): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: stage.helloPort });
    let left = times;
    const next = (): void => {
      if (left === 0) return void socket.end();
      left -= 1;
      socket.write(bytes, () => next());
    };
    socket.once("connect", next);
    socket.on("error", () => {});
    socket.once("close", () => resolve(socket.bytesWritten - socket.writableLength));
    socket.resume();
  });
}

async function badRequests(stage: Stage): Promise<string[]> {
  const codes: string[] = [];
  const bodies = ["{", JSON.stringify({ operation: "power.explode", target: {} }), " ".repeat(2 * megabyte)];
  for (const body of bodies) {
    const headers = { authorization: `Bearer ${stage.token}`, "content-type": "application/json" };
    const answer = await fetch(`${stage.url}/api/runs`, { method: "POST", headers, body });
    assert.equal(answer.status, 400);
    codes.push(codeIn(await answer.json()));
  }
  const stranger = await fetch(`${stage.url}/api/devices`, { headers: { authorization: "Bearer vgl_wrong" } });
  assert.equal(stranger.status, 401);
  codes.push(codeIn(await stranger.json()));
  return codes;
}

function codeIn(answer: unknown): string {
  assert.ok(typeof answer === "object" && answer !== null && "error" in answer);
  const { error } = answer;
  assert.ok(typeof error === "object" && error !== null && "code" in error && typeof error.code === "string");
  return error.code;
}

/** One run over all devices, some of which misbehave: those alone fail, and the others do not wait for them. */
async function badDevices(stage: Stage, say: (line: string) => void, signal: AbortSignal): Promise<string[]> {
  const victims = new Map<string, string>();
  for (const [index, [what, misbehavior, code]] of misbehaviors.entries()) {
    const device = stage.fleet.devices[index];
    if (device === undefined) continue;
    device.faults.set({ misbehavior });
    await device.settlePorts();
    victims.set(device.firmware.uuid, code);
    say(`${device.address}: ${what}`);
  }
  const run = await stage.client.runs.start({
    body: { operation: "power.state", target: { collection: "Provisioned" } },
  });
  const healthy = stage.fleet.devices.length - victims.size;
  const counts = async () => (await stage.client.runs.show({ params: { id: run.id } })).counts;
  await until("the healthy answer", async () => (await counts()).succeeded === healthy, { limitMs: 15_000, signal });
  assert.ok((await counts()).running > 0, "the device that hangs has ended before the healthy ones");
  const isOver = async () => (await stage.client.runs.show({ params: { id: run.id } })).state === "finished";
  await until("the run ends", isOver, { limitMs: 60_000, signal });
  const { items } = await stage.client.runs.results({ params: { id: run.id }, query: { limit: 20_000 } });
  for (const item of items) assertAsExpected(item, victims.get(item.uuid));
  return [...victims.values()].flatMap((code) => code.split(" "));
}

function assertAsExpected({ uuid, outcome, error }: RunResult, code: string | undefined): void {
  const expected = code === undefined ? "succeeded" : "failed";
  assert.equal(outcome, expected, `${uuid}: ${JSON.stringify(error)}`);
  const [wanted, reason] = code?.split(" ") ?? [];
  assert.equal(error?.code, wanted);
  if (reason !== undefined) assert.equal(error?.details["reason"], reason);
}

/** Ten to the ninth, in a kilobyte. */
function xmlBomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`);
  return `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 "ha">${levels.join("")}]><a>&e9;</a>`;
}
