import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Exploration } from "@vigil/api/resources/explorer.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { setStage, until, untilProvisioned, type Client, type Stage } from "../stage.ts";

// The explorer of the server, against a virtual device on real sockets.

let stage: Stage;
let device: VirtualDevice;
let id: string;
before(async () => {
  stage = await setStage({ devices: 1 });
  await untilProvisioned(stage, 1);
  device = stage.fleet.devices[0] ?? assert.fail();
  id = device.firmware.uuid;
});
after(() => stage[Symbol.asyncDispose]());

function explore(body: Exploration, signal?: AbortSignal): ReturnType<Client["explorer"]["explore"]> {
  return stage.client.explorer.explore({ params: { id }, body, ...(signal === undefined ? {} : { signal }) });
}

function freezing(word: string): Exploration {
  return { verb: "invoke", className: "AMT_MessageLog", method: "FreezeLog", input: { Freeze: [word] } };
}

/** Newest first. */
async function notes(): Promise<
  readonly { readonly action: string; readonly summary: string; readonly details: object }[]
> {
  const { items } = await stage.client.audit.list({ query: { device: id, search: "explorer." } });
  return items;
}

test("an instance is got, by its keys where there are several, and a class is listed with what derives from it", async () => {
  const one = await explore({ verb: "get", className: "amt_generalsettings" });
  assert.deepEqual([one.class, one.action, one.classes, one.unknown], ["AMT_GeneralSettings", "Get", [], []]);
  assert.match(one.xml, /^<r:AMT_GeneralSettings[^>]*>\n  <r:/);
  assert.ok(one.tookMs > 0 && one.tookMs < 30_000);
  const selectors = { InstanceID: "Sku" };
  const chosen = await explore({ verb: "get", className: "CIM_SoftwareIdentity", selectors });
  assert.equal(Reflect.get(Object(chosen.value), "InstanceID"), "Sku");
  const all = await explore({ verb: "enum", className: "CIM_PhysicalPackage" });
  assert.ok(Array.isArray(all.value) && all.value.length === all.classes.length && all.value.length >= 2);
  assert.ok(all.classes.some((name) => name !== "CIM_PhysicalPackage"));
  assert.deepEqual(await notes(), [], "reading is not written down");
});

test("what a device shows names no class that its release lacks", async () => {
  const { release, items } = await stage.client.explorer.lacking({ params: { id } });
  assert.equal(release, (await stage.client.devices.show({ params: { id } })).release);
  const lacking = items.find((name) => !name.includes(".")) ?? assert.fail();
  await assert.rejects(explore({ verb: "enum", className: lacking }), { code: "amt.release.lacking" });
});

test("an invoke is written down before and after, with the names of its arguments and no value", async () => {
  const password = "Sup3r-S3cret!";
  const answer = await explore({
    verb: "invoke",
    className: "AMT_SetupAndConfigurationService",
    method: "SetMEBxPassword",
    input: { Password: [password] },
    reason: "New site standard",
  });
  assert.equal(answer.action, "SetMEBxPassword");
  assert.doesNotMatch(JSON.stringify(answer), /Sup3r/);
  const [ended, called] = await notes();
  assert.deepEqual([called?.action, ended?.action], ["explorer.called", "explorer.answered"]);
  assert.equal(called?.summary, "Called AMT_SetupAndConfigurationService.SetMEBxPassword");
  assert.match(ended?.summary ?? "", /answered \d+$/);
  assert.deepEqual(called?.details, {
    class: "AMT_SetupAndConfigurationService",
    method: "SetMEBxPassword",
    arguments: ["Password"],
    reason: "New site standard",
  });
  const { items } = await stage.client.audit.list();
  assert.doesNotMatch(JSON.stringify(items), /Sup3r/);
});

test("a lost answer to an invoke leaves an unknown outcome: said so, written down, not repeated", async () => {
  device.faults.set({ misbehavior: { kind: "drop-after" }, matching: "FreezeLog_INPUT" });
  await assert.rejects(explore(freezing("false")), { code: "amt.outcome.unknown" });
  assert.equal(device.faults.strikes, 1, "it was sent once");
  device.faults.clear();
  const [note] = await notes();
  assert.deepEqual(
    [note?.action, note?.summary],
    ["explorer.unknown", "The outcome of AMT_MessageLog.FreezeLog is unknown"],
  );
});

test("a refused invoke is written down with its code", async () => {
  device.faults.set({ misbehavior: { kind: "fault", name: "AccessDenied" }, matching: "FreezeLog_INPUT" });
  await assert.rejects(explore(freezing("false")), { code: "wsman.fault.accessDenied" });
  device.faults.clear();
  const [note] = await notes();
  assert.equal(note?.action, "explorer.failed");
  assert.equal(Reflect.get(note.details, "code"), "wsman.fault.accessDenied");
});

test("when who asked goes away, the device is not waited for any longer", async () => {
  device.faults.set({ misbehavior: { kind: "hang" }, matching: "FreezeLog_INPUT" });
  const gone = new AbortController();
  const asked = explore(freezing("true"), gone.signal);
  await until("the device has it", () => device.faults.strikes === 1, { lookMs: 20 });
  gone.abort(new Error("the page was closed"));
  await assert.rejects(asked, /the page was closed/);
  // The server's own limit is far longer than this.
  await until("it is written down", async () => (await notes())[0]?.action === "explorer.unknown", { limitMs: 10_000 });
  device.faults.clear();
  const { value } = await explore({ verb: "get", className: "AMT_MessageLog" });
  assert.equal(typeof value, "object");
});
