import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { explainSaved } from "./explained.ts";
import { classNames, explore } from "./explorer.ts";
import { aPair } from "./testing/paired-device.ts";
import { ok, type Reply } from "./testing/scripted-device.ts";

const none = { selectors: {}, input: {} };
const goldens = join(import.meta.dirname, "../wire/goldens/amt-12-answers");

test("a class is read, listed and called by the names that a person types", async () => {
  const { device } = aPair();
  const { wsman } = device;
  const got = await explore(wsman, { ...none, verb: "get", className: "amt_generalsettings" });
  assert.equal(got.class, "AMT_GeneralSettings");
  assert.match(got.xml, /^<r:AMT_GeneralSettings[^>]*>\n  <r:AMTNetworkEnabled>1<\/r:AMTNetworkEnabled>\n/);
  const listed = await explore(wsman, { ...none, verb: "enum", className: "CIM_PhysicalPackage" });
  assert.ok(Array.isArray(listed.value) && listed.value.length === 2);
  const called = await explore(wsman, {
    verb: "invoke",
    className: "CIM_PowerManagementService",
    method: "RequestPowerStateChange",
    selectors: {},
    input: { PowerState: ["offSoft"], ManagedElement: ["CIM_ComputerSystem?Name=ManagedSystem"] },
  });
  assert.deepEqual(called.value, { ReturnValue: 0 });
  const one = await explore(wsman, {
    ...none,
    verb: "get",
    className: "CIM_SoftwareIdentity",
    selectors: { InstanceID: "Sku" },
  });
  assert.deepEqual(one.value, { InstanceID: "Sku", IsEntity: true, VersionString: "16392" });
});

test("an unknown class, method or argument, and a value of the wrong type, are told apart before anything is sent", async () => {
  const { device, line } = aPair();
  const unknown = { code: "amt.explore.unknown" };
  const wrong = { code: "amt.explore.argument" };
  await assert.rejects(explore(device.wsman, { ...none, verb: "get", className: "AMT_Generel" }), unknown);
  const log = { ...none, verb: "invoke", className: "AMT_MessageLog", method: "GetRecords" } as const;
  await assert.rejects(explore(device.wsman, { ...log, method: "GetRecord5" }), unknown);
  await assert.rejects(explore(device.wsman, log), wrong);
  const input = { IterationIdentifier: ["1"], MaxReadRecords: ["many"] };
  await assert.rejects(explore(device.wsman, { ...log, input }), wrong);
  await assert.rejects(explore(device.wsman, { ...log, input: { ...input, More: ["1"] } }), wrong);
  assert.equal(line.connections(), 0);
});

test("all of a question ends in time, and a lost answer to a call leaves its outcome unknown", async () => {
  const { device, clock } = aPair({ fault: () => ({}) });
  const listed = explore(device.wsman, { ...none, verb: "enum", className: "CIM_Chip" }, { limitMs: 5_000 });
  const late = assert.rejects(listed, { code: "amt.answer.timeout" });
  await clock.advance(5_000);
  await late;
  const call = { ...none, verb: "invoke", className: "AMT_MessageLog", method: "PositionToFirstRecord" } as const;
  const lost = assert.rejects(explore(device.wsman, call, { limitMs: 5_000 }), { code: "amt.outcome.unknown" });
  await clock.advance(5_000);
  await lost;
});

test("an association is got by its references", async () => {
  const { device, line } = aPair();
  const selectors = { Antecedent: "CIM_ComputerSystem?Name=ManagedSystem", Dependent: "AMT_MessageLog?Name=Log" };
  await explore(device.wsman, { ...none, verb: "get", className: "CIM_HostedDependency", selectors }).catch(() => {});
  const sent = Buffer.from(line.arrivals.at(-1)?.request.body ?? []).toString();
  assert.match(sent, /<w:Selector Name="Antecedent"><a:EndpointReference>/);
});

test("every recorded answer is explained, none with anything unknown", () => {
  const files = globSync("**/*.xml", { cwd: goldens });
  assert.equal(files.length, 204);
  for (const file of files) {
    const explained = explainSaved(readFileSync(join(goldens, file)));
    assert.ok(classNames().includes(explained.class), `${file}: ${explained.class}`);
    assert.deepEqual(explained.unknown, [], file);
    assert.notEqual(explained.action, "", file);
  }
});

test("an element that the model lacks is named, and shown as it came", () => {
  const text = readFileSync(join(goldens, "amt/general/get.xml"), "utf8");
  const newer = text.replace(/(<g:HostName>)/, "<g:QuantumLinkEnabled>true</g:QuantumLinkEnabled>$1");
  const explained = explainSaved(Buffer.from(newer));
  assert.deepEqual(explained.unknown, ["QuantumLinkEnabled"]);
  assert.ok(typeof explained.value === "object" && explained.value !== null && "QuantumLinkEnabled" in explained.value);
});

test("secrets in a saved answer are sealed, faults are explained, and a whole HTTP answer is read", () => {
  const kvm = readFileSync(join(goldens, "ips/kvmredirection/settings/get.xml"), "utf8");
  const leaked = kvm.replace(/<g:RFBPassword>[^<]*<\/g:RFBPassword>/, "<g:RFBPassword>P@ssw0rd</g:RFBPassword>");
  assert.notEqual(leaked, kvm);
  const explained = explainSaved(Buffer.from(leaked));
  assert.doesNotMatch(JSON.stringify(explained), /P@ssw0rd/);
  assert.match(JSON.stringify(explained), /\[sealed\]/);
  const fault = explainSaved(readFileSync(join(import.meta.dirname, "../wire/goldens/wsman/already-exists.xml")));
  assert.deepEqual([fault.action, Reflect.get(Object(fault.value), "fault")], ["Fault", "AlreadyExists"]);
  const whole = `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(kvm)}\r\n\r\n${kvm}`;
  assert.equal(explainSaved(Buffer.from(whole)).class, "IPS_KVMRedirectionSettingData");
});

test("an element with the name of a member of every object is one that the model lacks", async () => {
  const fault = (body: string): Reply | undefined => {
    const id = /MessageID>(\d+)</.exec(body)?.[1] ?? "";
    const text = readFileSync(join(goldens, "amt/general/get.xml"), "utf8");
    return ok(
      text
        .replace(/RelatesTo>[^<]*/, `RelatesTo>${id}`)
        .replace(/(<g:HostName>)/, "<g:constructor>x</g:constructor><g:__proto__>y</g:__proto__>$1"),
    );
  };
  const { device } = aPair({ fault });
  const got = await explore(device.wsman, { ...none, verb: "get", className: "AMT_GeneralSettings" });
  assert.deepEqual(got.unknown, ["constructor", "__proto__"]);
  assert.match(got.xml, /<r:constructor>x<\/r:constructor>/);
});

test("what is no answer is refused", () => {
  assert.throws(() => explainSaved(Buffer.from("not XML")), { code: "wire.xml.malformed" });
  assert.throws(() => explainSaved(Buffer.from("<a/>")), { code: "wire.wsman.envelope" });
});
