import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { AttemptNews } from "@vigil/api/resources/provisioning.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { runVigil, type Finished } from "../programs.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// What an attempt to provision a device did: by the API, on the live feed, and by `vigil provisioning show`.

let stage: Stage;
before(async () => {
  stage = await setStage({ devices: 2 });
  await untilProvisioned(stage, 2);
});
after(() => stage[Symbol.asyncDispose]());

function deviceAt(index: number): VirtualDevice {
  const device = stage.fleet.devices[index];
  assert.ok(device !== undefined);
  return device;
}

function vigil(args: readonly string[]): Promise<Finished> {
  return runVigil(args, { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token });
}

const shown = (id: string) => stage.client.provisioning.show({ params: { id } });

test("an attempt tells how the device was met, what each step found and wrote, and no secret", async () => {
  const { firmware, address } = deviceAt(0);
  const { attempts, entry } = await shown(firmware.uuid);
  assert.equal(entry?.state, "done");
  const [attempt] = attempts;
  assert.equal(attempt?.outcome, "done");
  const [met] = attempt.notes;
  assert.equal(met?.kind, "meeting");
  assert.equal(met.facts["address"], address);
  assert.equal(met.facts["port"], "16993");
  assert.match(met.facts["setup certificate"] ?? "", /\w/);
  assert.match(met.facts["admin"] ?? "", /factory password: taken/);
  const named = new Map(attempt.notes.map((note) => [note.name, note]));
  const general = named.get("general");
  assert.ok(general?.compared.some(({ setting }) => setting === "general.hostName"));
  const [put] = general?.wrote ?? [];
  assert.equal(put?.className, "AMT_GeneralSettings");
  assert.ok(put.fields.some(({ name }) => name === "HostName"));
  assert.ok(named.get("commit")?.wrote.some(({ method }) => method === "CommitChanges"));
  assert.equal(named.get("come-back")?.facts["way"], "runtime");
  const text = JSON.stringify(attempt);
  const { adminHa1 } = firmware.state;
  assert.ok(adminHa1 !== null);
  for (const form of [adminHa1, Buffer.from(adminHa1, "hex").toString("base64")]) assert.ok(!text.includes(form));
  const password = named.get("admin-password")?.wrote.flatMap(({ fields }) => fields) ?? [];
  assert.deepEqual(
    password.filter(({ name }) => /password/i.test(name)).map(({ after: given }) => given),
    ["[sealed]"],
  );
});

test("the step that failed is named with its code, by the API and by the command line, whose exit code says so", async () => {
  const device = deviceAt(1);
  const { uuid } = device.firmware;
  const { adminHa1 } = device.firmware.state;
  device.firmware.change((state) => (state.adminHa1 = "0".repeat(32)));
  await stage.client.devices.provision({ params: { id: uuid } });
  await until("it has failed", async () => (await shown(uuid)).entry?.state === "failed");
  const [attempt] = (await shown(uuid)).attempts;
  assert.equal(attempt?.outcome, "failed");
  assert.equal(attempt.notes.at(-1)?.error?.code, "provisioning.login.lost");
  assert.match(attempt.notes.at(-1)?.facts["admin"] ?? "", /confirmed password: refused/);
  const told = await vigil(["provisioning", "show", device.address]);
  assert.equal(told.code, 1);
  assert.match(told.stdout, /provisioning\.login\.lost/);
  assert.match(told.stdout, /next step/);
  device.firmware.change((state) => (state.adminHa1 = adminHa1));
});

test("whoever watches sees each step as it goes, and `show --follow` ends with the device", async () => {
  const { uuid } = deviceAt(1).firmware;
  const watched: AttemptNews[] = [];
  const stop = new AbortController();
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const watching = stage.client.watch(
    (event) => {
      if (event.name === "attempts") watched.push(...event.data.items.filter((one) => one.uuid === uuid));
    },
    { signal: stop.signal, onConnection: ({ state }) => (state === "open" ? open() : undefined) },
  );
  await opened;
  try {
    await stage.client.devices.provision({ params: { id: uuid } });
    const followed = await vigil(["provisioning", "show", uuid, "--follow"]);
    assert.equal(followed.code, 0, followed.stderr);
    assert.match(followed.stdout, /general: as it should be/);
    assert.match(followed.stdout, /state +done/);
    await until("the last of it is told", () => watched.at(-1)?.outcome === "done");
  } finally {
    stop.abort();
    await watching;
  }
  const names = new Set(watched.flatMap(({ notes }) => notes.map(({ name }) => name)));
  for (const name of ["meet", "identify", "general", "verify", "inventory"]) assert.ok(names.has(name), name);
});
