import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { vigilClient } from "@vigil/api/client.ts";
import { runVigil } from "../programs.ts";
import { setStage, untilProvisioned, type Stage } from "../stage.ts";

// The command line as scripts meet it: a job is a file that is taken from the gallery, changed, checked and stored.

let stage: Stage;
const folder = mkdtempSync(join(tmpdir(), "vigil-jobs-"));
const file = join(folder, "job.yaml");
before(async () => {
  stage = await setStage({ devices: 2 });
  await untilProvisioned(stage, 2);
});
after(async () => {
  await stage[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function vigil(...args: string[]) {
  return runVigil(args, { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token });
}

function edit(pattern: RegExp, by: string): void {
  writeFileSync(file, readFileSync(file, "utf8").replace(pattern, by));
}

test("the gallery says for how many devices each job is fit, and prints one as a file", async () => {
  const all = await vigil("job", "gallery", "--collection", "Provisioned");
  assert.equal(all.code, 0, all.stderr);
  assert.match(all.stdout, /Patch window\s+Vigil manages the device\s+2\s+2/);
  const one = await vigil("job", "gallery", "patch window");
  assert.match(one.stdout, /^name: Patch window\n/);
  writeFileSync(file, one.stdout);
});

test("a file is stored as the job that it names; the same again is no version", async () => {
  const made = await vigil("job", "apply", "-f", file);
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stderr, /Patch window: version 1 is stored/);
  assert.match((await vigil("job", "apply", "-f", file)).stderr, /version 1 is as it was/);
  edit(/7200/, "60");
  assert.match((await vigil("job", "apply", "-f", file, "--comment", "a minute")).stderr, /version 2 is stored/);
  assert.match((await vigil("job", "versions", "Patch window")).stdout, /2\s+\S+\s+\S+\s+a minute/);
  assert.match((await vigil("job", "show", "Patch window", "--version", "1")).stdout, /pauseSeconds: 7200/);
  assert.equal((await vigil("job", "show", "Patch window")).stdout, readFileSync(file, "utf8"));
});

test("check says what a run needs, and each problem with its line; apply stores nothing then", async () => {
  const good = await vigil("job", "check", "-f", file);
  assert.equal(good.code, 0, good.stderr);
  assert.match(good.stdout, /needs the rights\s+device\.power/);
  edit(/do: power\.on/, "do: power.up");
  const bad = await vigil("job", "check", "-f", file);
  assert.equal(bad.code, 1);
  assert.match(bad.stdout, /5\s+1\. Wake\s+steps\[0\]\.do/);
  assert.equal((await vigil("job", "apply", "-f", file)).code, 1);
  assert.match((await vigil("job", "list")).stdout, /Patch window\s+2\s+4/);
});

test("a plan asks no device; a run is followed to its end", async () => {
  const small = "name: Look\nsteps:\n  - name: Read\n    do: power.state\nlimits:\n  waves: [50, 100]\n";
  writeFileSync(join(folder, "look.yaml"), small);
  assert.equal((await vigil("job", "apply", "-f", join(folder, "look.yaml"))).code, 0);
  const plan = await vigil("job", "plan", "Look", "--collection", "Provisioned");
  assert.match(plan.stdout, /waves\s+1, 1/);
  assert.match(plan.stdout, /pauses by itself\s+when more than 10 % of a wave failed/);
  assert.match(plan.stdout, /1\. Read\s+-\s+Read power state/);
  assert.deepEqual((await stage.client.runs.list()).items, []);
  const run = await vigil(
    "job",
    "run",
    "Look",
    "--collection",
    "Provisioned",
    "--reason",
    "to see",
    "--wait",
    "--json",
  );
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /"succeeded": 2/);
  assert.equal((await stage.client.runs.list()).items[0]?.job, "Look");
  assert.equal((await vigil("job", "run", "Look")).code, 2, "no device is named");
});

test("who follows a run that waits for somebody is told so, with the command that lets it go on, and then its end", async () => {
  const definition = { steps: [{ name: "Read", do: "power.state" as const }], limits: { approvalAbove: 0 } };
  const { id } = await stage.client.runs.start({ body: { definition, target: { collection: "Provisioned" } } });
  const { key } = await stage.client.access.createKey({ body: { name: "second" } });
  const second = vigilClient({ baseUrl: stage.url, token: key });
  const env = { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token };
  const { promise: asked, resolve } = Promise.withResolvers<string>();
  const followed = runVigil(["run", "show", id, "--wait"], env, resolve);
  assert.match(await asked, new RegExp(`^Waits for a second person.*2 devices\\?.*vigil run approve ${id}\n$`));
  await second.runs.approve({ params: { id } });
  const { code, stderr } = await followed;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /\nIt (goes on|has ended)\n[^]*2 of 2 succeeded\n$/);
});

test("an older version comes back as a new one, and a removed job is gone", async () => {
  assert.match((await vigil("job", "roll-back", "Patch window", "--to", "1")).stderr, /version 3 is stored/);
  assert.equal((await vigil("job", "remove", "Patch window")).code, 0);
  const gone = await vigil("job", "show", "Patch window", "--json");
  assert.equal(gone.code, 2);
  assert.match(gone.stdout, /jobs\.unknown/);
});

test("the schema is a document for editors", async () => {
  const { stdout, code } = await vigil("job", "schema");
  assert.equal(code, 0);
  assert.match(stdout, /"title": "A job of Vigil"/);
});
