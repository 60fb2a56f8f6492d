import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { routesByName } from "@vigil/api/api.ts";
import { everySecretOpens } from "../proofs.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

/** A start costs seconds: the test suite's small fleet is killed less often. */
const mostKills = 20;
const devicesPerKill = 3;
/** Requests that a rotation costs a device: two logins and some five questions. */
const requestsPerRotation = 7;
const lookMs = 5;
/** Secrets whose plain text is looked for everywhere. */
const mostRevealed = 50;

export default defineScenario({
  name: "rotate-under-kill",
  story:
    "passwords are rotated while the server is killed again and again: no device is locked out, and no secret is found anywhere",
  smallSize: 15,
  async play({ devices, say, signal }) {
    const kills = Math.min(mostKills, Math.ceil(devices / devicesPerKill));
    await using stage = await setStage({ devices, serverArgs: ["--log-level", "debug"] });
    await untilProvisioned(stage, devices, signal);
    const digests = (): (string | null)[] => stage.fleet.devices.map(({ firmware }) => firmware.state.adminHa1);
    const before = digests();
    let run = await rotateAll(stage);
    let runs = 1;
    let interrupted = 0;
    for (let kill = 1; kill <= kills; kill += 1) {
      const moment = stage.fleet.stats().requests + Math.random() * requestsPerRotation * devices * 0.5;
      const isOver = async (): Promise<boolean> =>
        stage.fleet.stats().requests >= moment || (await isFinished(stage, run));
      await until(`moment ${kill}`, isOver, { signal, lookMs });
      await stage.server.kill();
      await stage.restart();
      if (!(await isFinished(stage, run))) interrupted += 1;
      else {
        run = await rotateAll(stage);
        runs += 1;
      }
    }
    await until("the last run ends", () => isFinished(stage, run), { limitMs: 120_000 + devices * 500, signal });
    const { counts } = await stage.client.runs.show({ params: { id: run } });
    assert.equal(counts.succeeded, devices, JSON.stringify(counts));
    say(`${kills} kills, ${interrupted} of them in the midst of a run; ${runs} runs; now every stored secret is tried`);
    assert.ok(interrupted > 0, "no kill fell into a run");
    const after = digests();
    assert.ok(after.every((digest, index) => digest !== null && digest !== before[index]));
    assert.equal(new Set(after).size, devices, "two devices have the same secret");
    await everySecretOpens(stage, devices, signal);
    const looked = await nothingLeaks(stage, signal);
    say(`${looked.secrets} secrets looked for in ${looked.places} places: found nowhere`);
    return { devices, kills, interrupted, runs, opened: devices, ...looked };
  },
});

async function rotateAll(stage: Stage): Promise<string> {
  const body = { operation: "secret.rotate", target: { collection: "Provisioned" } } as const;
  return (await stage.client.runs.start({ body })).id;
}

async function isFinished(stage: Stage, id: string): Promise<boolean> {
  return (await stage.client.runs.show({ params: { id } })).state === "finished";
}

/** Has some secrets shown, and then looks for them in the server's log, its folder, and all that its API answers. */
async function nothingLeaks(stage: Stage, signal: AbortSignal): Promise<{ secrets: number; places: number }> {
  const secrets: string[] = [];
  for (const { firmware } of stage.fleet.devices.slice(0, mostRevealed)) {
    const params = { id: firmware.uuid };
    for (const kind of ["admin-password", "mebx-password"] as const) {
      const body = { kind, reason: "to look for it", minutes: 1_440 };
      secrets.push((await stage.client.secrets.reveal({ params, body })).value);
    }
  }
  assert.equal(new Set(secrets).size, secrets.length);
  const answers = await everyAnswer(stage, signal);
  // Stopped in order, so that everything is on the disk.
  await stage.server.stop();
  const files = globSync("**/*", { cwd: stage.data, withFileTypes: true }).filter((one) => one.isFile());
  const places: [name: string, text: Buffer][] = [
    ["the log", readFileSync(stage.transcript)],
    ...answers.map(([name, text]): [string, Buffer] => [name, Buffer.from(text)]),
    ...files.map((one): [string, Buffer] => [one.name, readFileSync(join(one.parentPath, one.name))]),
  ];
  for (const [name, text] of places) {
    // JSON and XML write some characters otherwise.
    for (const secret of secrets)
      for (const form of formsOf(secret)) assert.equal(text.includes(form), false, `a secret is in ${name}`);
  }
  await stage.restart();
  return { secrets: secrets.length, places: places.length };
}

function formsOf(secret: string): readonly string[] {
  const utf8 = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    utf8.toString("base64"),
    utf8.toString("hex"),
    utf8.toString("base64url"),
  ];
}

/** What every reading route says, of every kind of thing that there is. */
async function everyAnswer(stage: Stage, signal: AbortSignal): Promise<[name: string, text: string][]> {
  const answers: [string, string][] = [];
  const [device] = stage.fleet.devices;
  const { items: runs } = await stage.client.runs.list({ query: { limit: 1 } });
  for (const [name, { method, path }] of routesByName()) {
    if (method !== "GET") continue;
    const id = path.startsWith("/runs/") ? runs[0]?.id : device?.firmware.uuid;
    const filled = path.replace("{id}", id ?? "").replace("{name}", "Default");
    const answer = await fetch(`${stage.url}/api${filled}`, {
      headers: { authorization: `Bearer ${stage.token}` },
      signal,
    });
    answers.push([name, await answer.text()]);
  }
  return answers;
}
