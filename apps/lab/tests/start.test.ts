import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { vigilClient } from "@vigil/api/client.ts";
import { run, runVigil, startProgram, type Program } from "../programs.ts";
import { until } from "../stage.ts";

// `npm start` and the command line as scripts meet them. The lab's own addresses, 127.77.x.y, and free ports for the rest.

const devices = 5;
const directory = mkdtempSync(join(tmpdir(), "vigil-start-"));
const args = ["--devices", String(devices), "--data", join(directory, "lab"), "--http", "0", "--hello", "0"];
let lab: Program;

function account(): { VIGIL_URL: string; VIGIL_TOKEN: string; XDG_CONFIG_HOME: string } {
  const { url, token } = lab.ready;
  assert.ok(typeof url === "string" && typeof token === "string");
  return { VIGIL_URL: url, VIGIL_TOKEN: token, XDG_CONFIG_HOME: directory };
}

function client(): ReturnType<typeof vigilClient> {
  const { VIGIL_URL: baseUrl, VIGIL_TOKEN: token } = account();
  return vigilClient({ baseUrl, token });
}

async function listed(): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await runVigil(["device", "list", "--json"], account());
  assert.equal(code, 0, stderr);
  const list: unknown = JSON.parse(stdout);
  assert.ok(Array.isArray(list));
  return list;
}

before(async () => {
  lab = await startProgram("apps/lab/main.ts", args);
  await until("all are provisioned", async () => (await client().devices.summary()).provisioned === devices);
});
after(async () => {
  await lab.stop();
  rmSync(directory, { recursive: true, force: true });
});

test("the first line of --json says ready, where, and gives a key that works", () => {
  assert.equal(lab.ready["ready"], true);
  assert.match(String(lab.ready["url"]), /^http:\/\/127\.0\.0\.1:\d+$/);
});

test("a second lab on the same folder says so and exits 2; the first goes on", async () => {
  const second = await run(process.execPath, ["apps/lab/main.ts", ...args, "--json"], { NODE_NO_WARNINGS: "1" });
  assert.equal(second.code, 2);
  assert.match(second.stderr, /in use/i);
  assert.equal((await client().devices.summary()).provisioned, devices);
});

test("device list prints what scripts need of each", async () => {
  const list = await listed();
  assert.equal(list.length, devices);
  for (const one of list) {
    for (const name of ["uuid", "hostName", "address", "state", "release", "power", "collections"]) {
      assert.ok(name in one, name);
    }
    assert.equal(one["state"], "provisioned");
    assert.deepEqual(one["collections"], ["All", "Provisioned"]);
  }
});

test("device show takes a host name, and says unknown with exit code 2 to another", async () => {
  const [first] = await listed();
  const shown = await runVigil(["device", "show", String(first?.["hostName"]), "--json"], account());
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, new RegExp(String(first?.["uuid"])));
  const none = await runVigil(["device", "show", "no-such-host", "--json"], account());
  assert.equal(none.code, 2, none.stderr);
});

test("tags and collections by filter are made, explained and refused from the terminal", async () => {
  const [first] = await listed();
  const name = String(first?.["hostName"]);
  const vigil = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runVigil(words, account());
    assert.equal(code, 0, stderr);
    return stdout;
  };
  await vigil("device", "tag", name, "--add", "kiosk", "night");
  await vigil("collection", "create", "Kiosks", "--filter", "tag = kiosk and not tag = gone");
  assert.match(await vigil("collection", "list"), /Kiosks +query +1 +tag = "kiosk" and not tag = "gone"/);
  assert.match(await vigil("collection", "preview", "collection = Kiosks", "--limit", "1"), new RegExp(name));
  const why = await vigil("collection", "explain", "kiosks", name);
  assert.match(why, /^yes {2}tag = "kiosk" and not tag = "gone"\nyes {4}tag = "kiosk" {3}\(it has kiosk, night\)/);
  await vigil("collection", "change", "Kiosks", "--devices", name);
  assert.match(await vigil("device", "list", "--filter", "collection = kiosks"), new RegExp(name));
  assert.match(await vigil("collection", "explain", "kiosks", name), /^yes {2}listed in "Kiosks"/);
  const holding = (await listed()).filter((one) => String(one["collections"]).includes("Kiosks"));
  assert.deepEqual(
    holding.map((one) => one["hostName"]),
    [name],
  );
  await vigil("collection", "remove", "Kiosks");
  const wrong = await runVigil(["device", "list", "--filter", "tag ="], account());
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /filter\.syntax/);
});

test("schedules and maintenance windows are made, listed ahead and removed from the terminal", async () => {
  const vigil = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runVigil(words, account());
    assert.equal(code, 0, stderr);
    return stdout;
  };
  await vigil("window", "set", "Nights", "--time-zone", "Europe/Berlin", "--rule", "mon-sun", "22:00-05:00");
  const what = ["--operation", "power.state", "--collection", "All", "--cron", "0 12 * * *", "--window", "nights"];
  await vigil("schedule", "create", "Look", ...what);
  assert.match(await vigil("schedule", "list"), /Look +power\.state +0 12 \* \* \* \(UTC\) +\d{4}-/);
  assert.match(await vigil("window", "list"), /Nights +Europe\/Berlin .* Look/);
  const ahead = await vigil("schedule", "next", "look", "--days", "3");
  assert.match(ahead, /Look +\d{4}-\d\d-\d\dT2[01]:00/, "at ten at night, when the window opens");
  await vigil("schedule", "change", "Look", "--off");
  assert.match(await vigil("schedule", "show", "Look"), /switched +off/);
  const kept = await runVigil(["window", "remove", "Nights"], account());
  assert.match(kept.stderr, /schedules\.window\.in-use/);
  await vigil("schedule", "remove", "Look");
  await vigil("window", "remove", "Nights");
  const wrong = await runVigil(["schedule", "create", "x", "--operation", "power.state"], account());
  assert.equal(wrong.code, 2);
});

test("power on one device by name ends with its own answer; some failed is exit code 1", async () => {
  const [first] = await listed();
  const name = String(first?.["hostName"]);
  const off = await runVigil(["power", "off", name, "--wait", "--json"], account());
  assert.equal(off.code, 0, off.stdout + off.stderr);
  const answer: unknown = JSON.parse(off.stdout);
  assert.ok(typeof answer === "object" && answer !== null);
  for (const key of ["run", "total", "succeeded", "failed", "results"]) assert.ok(key in answer, key);
  const again = await runVigil(["power", "reset", name, "--wait", "--json"], account());
  assert.equal(again.code, 1, "a host that is off cannot be reset");
  assert.match(again.stdout, /"outcome":\s*"failed"/);
  const on = await runVigil(["power", "on", name, "--wait", "--json"], account());
  assert.equal(on.code, 0, on.stdout);
});

test("wrong usage is exit code 2; a wrong key and a server that is not there are 3", async () => {
  assert.equal((await runVigil(["power", "sideways", "x"], account())).code, 2);
  assert.equal((await runVigil(["device", "list"], { ...account(), VIGIL_TOKEN: "wrong" })).code, 3);
  assert.equal((await runVigil(["device", "list"], { ...account(), VIGIL_URL: "http://127.0.0.1:1" })).code, 3);
});

test("a start on the same folder goes on with devices, secrets and history", async () => {
  const atFirst = await listed();
  assert.equal(await lab.stop(), 0, "it stops cleanly");
  lab = await startProgram("apps/lab/main.ts", args);
  const now = await listed();
  const uuids = (list: Record<string, unknown>[]): string[] => list.map((one) => String(one["uuid"])).sort();
  assert.deepEqual(uuids(now), uuids(atFirst));
  const { id } = await client().runs.start({
    body: { operation: "power.state", target: { collection: "Provisioned" } },
  });
  const counts = async () => (await client().runs.show({ params: { id } })).counts;
  await until("each stored secret opens its device", async () => (await counts()).succeeded === devices);
  const { items } = await client().runs.list({ query: { limit: 100 } });
  assert.ok(items.length >= 4, `${items.length} runs`);
});

test("--provisioned starts devices that the server knows, opens and finds as their profile says", async () => {
  await lab.stop();
  const own = ["--data", join(directory, "provisioned"), "--provisioned"];
  lab = await startProgram("apps/lab/main.ts", [...args, ...own]);
  assert.equal((await client().devices.summary()).provisioned, devices, "at once");
  const { id } = await client().runs.start({ body: { operation: "power.state", target: { collection: "All" } } });
  const counts = async () => (await client().runs.show({ params: { id } })).counts;
  await until("each opens with its secret", async () => (await counts()).succeeded === devices);
  const { items } = await client().devices.list({});
  for (const { uuid } of items) {
    assert.deepEqual((await client().drift.look({ params: { id: uuid } })).differences, []);
  }
  await lab.stop();
  lab = await startProgram("apps/lab/main.ts", [...args, ...own]);
  assert.equal((await client().devices.summary()).provisioned, devices, "a second start enrols nobody");
});
