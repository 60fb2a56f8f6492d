import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import { AMT_GeneralSettings } from "@vigil/model/amt/AMT_GeneralSettings.ts";
import { AMT_TimeSynchronizationService } from "@vigil/model/amt/AMT_TimeSynchronizationService.ts";
import { CIM_SoftwareIdentity } from "@vigil/model/cim/CIM_SoftwareIdentity.ts";
import { ns } from "@vigil/wire/wsman/actions.ts";
import { encodePullResponse, encodeEnumerateResponse } from "@vigil/wire/wsman/bodies.ts";
import { encodeResponse } from "@vigil/wire/wsman/envelope.ts";
import { element, type XmlElement } from "@vigil/wire/xml.ts";
import { aPair } from "../testing/paired-device.ts";
import { aFault, ok, type Reply } from "../testing/scripted-device.ts";

async function errorOf(failing: Promise<unknown>): Promise<VigilError> {
  const error = await failing.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof VigilError, String(error));
  return error;
}

/** An answer to that request. @param namespaces of the body */
function answering(request: string, body: XmlElement, namespaces: readonly string[], relatesTo?: string): Reply {
  const id = relatesTo ?? /MessageID>(\d+)</.exec(request)?.[1] ?? "";
  return ok(encodeResponse({ relatesTo: id, action: "", messageId: "uuid:1", body }, namespaces));
}

const changing = { Ta0: 1, Tm1: 1, Tm2: 1 };

test("get() reads what the device holds", async () => {
  const { device, firmware } = aPair();
  await using _ = device;
  const settings = await device.wsman.get(AMT_GeneralSettings);
  assert.equal(settings.DigestRealm, firmware.digestRealm);
});

test("identify() names vendor and version", async () => {
  const { device } = aPair();
  await using _ = device;
  const { productVendor, productVersion } = await device.wsman.identify();
  assert.deepEqual([productVendor, productVersion], ["Intel(r)", "AMT 16.1"]);
});

test("put() sends everything back: what was read, what was changed, and what the model does not know", async () => {
  const { uri } = AMT_GeneralSettings;
  const held = ["HostName", "InstanceID", "NewInRelease99"].map((name) => element(uri, name, `the ${name}`));
  let sent = "";
  const { device } = aPair({
    fault: (body) => {
      if (body.includes("transfer/Put")) sent = body;
      return answering(body, element(uri, "AMT_GeneralSettings", held), [uri]);
    },
  });
  await using _ = device;
  await device.wsman.put(AMT_GeneralSettings, { HostName: "pc-1", DomainName: "example.test" });
  assert.match(
    sent,
    /<r:DomainName>example.test<\/r:DomainName><r:HostName>pc-1<\/r:HostName><r:InstanceID>the InstanceID<\/r:InstanceID><r:NewInRelease99>the NewInRelease99</,
  );
});

test("enumerate() pulls until the end, one page or many", async () => {
  const { uri } = CIM_SoftwareIdentity;
  let pulls = 0;
  const { device } = aPair({
    fault: (body) => {
      if (body.includes("/Enumerate<")) return answering(body, encodeEnumerateResponse("14000000"), [ns.wsen]);
      pulls += 1;
      const items = [element(uri, "CIM_SoftwareIdentity", [element(uri, "InstanceID", `part ${pulls}`)])];
      const page = pulls === 3 ? { items, isEnd: true } : { items, isEnd: false, context: "14000000" };
      return answering(body, encodePullResponse(page), [ns.wsen, uri]);
    },
  });
  await using _ = device;
  const all = await device.wsman.enumerate(CIM_SoftwareIdentity);
  assert.deepEqual(
    all.map((one) => one.InstanceID),
    ["part 1", "part 2", "part 3"],
  );
});

test("an enumeration that never ends is cut off and released", async () => {
  const { uri } = CIM_SoftwareIdentity;
  let last = "";
  const item = element(uri, "CIM_SoftwareIdentity", [element(uri, "InstanceID", "again")]);
  const page = encodePullResponse({ items: Array.from({ length: 500 }, () => item), isEnd: false, context: "1" });
  const { device } = aPair({
    fault: (body) => {
      last = body;
      if (body.includes("/Enumerate<")) return answering(body, encodeEnumerateResponse("1"), [ns.wsen]);
      return answering(body, page, [ns.wsen, uri]);
    },
  });
  await using _ = device;
  assert.equal((await errorOf(device.wsman.enumerate(CIM_SoftwareIdentity))).code, "amt.answer.too-large");
  assert.match(last, /Release/);
});

test("a fault is thrown by its name and says class and method", async () => {
  const { device } = aPair({ fault: (body) => aFault(body, "e:AccessDenied") });
  await using _ = device;
  const error = await errorOf(device.wsman.get(AMT_GeneralSettings));
  assert.equal(error.code, "wsman.fault.accessDenied");
  assert.partialDeepStrictEqual(error.details, { class: "AMT_GeneralSettings", method: "Get" });
});

test("an answer to another message is not taken, and the next request goes over a new connection", async () => {
  let isWrong = true;
  const { uri } = AMT_GeneralSettings;
  const settings = element(uri, "AMT_GeneralSettings", [element(uri, "InstanceID", "x")]);
  const { device, line } = aPair({ fault: (body) => answering(body, settings, [uri], isWrong ? "999" : undefined) });
  await using _ = device;
  assert.equal((await errorOf(device.wsman.get(AMT_GeneralSettings))).code, "amt.answer.mismatched");
  const before = line.connections();
  isWrong = false;
  assert.equal((await device.wsman.get(AMT_GeneralSettings)).InstanceID, "x");
  assert.equal(line.connections(), before + 1);
});

test("an answer to a change that is for another message, or unreadable, leaves the outcome unknown", async () => {
  const body = element(AMT_TimeSynchronizationService.uri, "SetHighAccuracyTimeSynch_OUTPUT", []);
  const replies: ((request: string) => Reply)[] = [
    (request) => answering(request, body, [AMT_TimeSynchronizationService.uri], "999"),
    (request) => answering(request, body, [AMT_TimeSynchronizationService.uri]),
    () => ok("<not-an-envelope/>"),
    () => ok("<unclosed>"),
  ];
  for (const reply of replies) {
    const { device } = aPair({ fault: reply });
    await using _ = device;
    const invoked = device.wsman.invoke(AMT_TimeSynchronizationService, "SetHighAccuracyTimeSynch", changing);
    assert.equal((await errorOf(invoked)).code, "amt.outcome.unknown");
  }
});

test("an XML bomb is an invalid answer, found by its document type", async () => {
  const bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>';
  const { device } = aPair({ fault: () => ok(bomb) });
  await using _ = device;
  const error = await errorOf(device.wsman.get(AMT_GeneralSettings));
  assert.equal(error.code, "amt.answer.invalid");
  assert.equal(error.details["reason"], "wire.xml.doctype");
});

test("an HTTP error without a message is reported by its status", async () => {
  for (const status of [404, 503]) {
    const { device } = aPair({ fault: () => ok("<html>no</html>", status) });
    await using _ = device;
    const error = await errorOf(device.wsman.get(AMT_GeneralSettings));
    assert.equal(error.code, "amt.answer.status");
    assert.equal(error.details["status"], status);
  }
});

test("no source file of this package writes a log or keeps a password in an error", () => {
  for (const path of ["wsman/connection.ts", "wsman/login.ts", "capabilities/accounts.ts", "errors.ts"]) {
    const text = readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
    assert.doesNotMatch(text, /details:[^}]*(password|credential)/i, path);
  }
});
