import assert from "node:assert/strict";
import { test } from "node:test";
import { allClasses } from "@vigil/model/classes.ts";
import type { AnyProperty, ClassDefinition } from "@vigil/model/define.ts";
import { actions, ns } from "@vigil/wire/wsman/actions.ts";
import { element, type XmlElement } from "@vigil/wire/xml.ts";
import { explain, printed } from "./explained.ts";
import { explore } from "./explorer.ts";
import { aPair } from "./testing/paired-device.ts";
import { ok } from "./testing/scripted-device.ts";

// Text, base64 and hexadecimal at once, so that every codec reads it.
const secret = "DEADBEEFCAFE";

/** All that an answer can hold: the class itself, and each method's result. */
function holdersOf(
  definition: ClassDefinition,
): readonly (readonly [name: string, Readonly<Record<string, AnyProperty>>])[] {
  const results = Object.entries(definition.methods).map(
    ([name, { input, output }]) => [`${name}_OUTPUT`, { ...input, ...output }] as const,
  );
  return [[definition.name, definition.properties], ...results];
}

test("no secret of the model is shown, neither as a value nor as XML, got, listed or returned", () => {
  let count = 0;
  for (const definition of allClasses) {
    for (const [holder, members] of holdersOf(definition)) {
      for (const [name, { traits }] of Object.entries(members)) {
        if (traits.secret !== true) continue;
        count += 1;
        const body = element(definition.uri, holder, [
          element(definition.uri, name, secret),
          element(definition.uri, name, secret),
        ]);
        for (const one of [body, element(ns.wsen, "PullResponse", [element(ns.wsen, "Items", [body])])]) {
          const what = `${definition.name} ${holder} ${name} in ${one.name}`;
          const explained = explain({ action: actions.get, resourceUri: definition.uri, body: one });
          assert.doesNotMatch(JSON.stringify(explained), /DEADBEEF/, what);
          assert.match(JSON.stringify(explained), /\[sealed\]/, what);
          assert.deepEqual(explained.unreadable, [], what);
          assert.doesNotMatch(printed(one), /DEADBEEF/, what);
        }
      }
    }
  }
  assert.ok(count >= 30, `only ${count}`);
});

test("a member that is called like a secret is marked as one, or is known to be harmless", () => {
  const harmless =
    /^(PasswordModel|UserPasswordBypass|NetAdminPassEncryptionType|PSKType|KeyAlgorithm|KeyLength|SupportedKeyLengths|KeyVersion|KeyIndex|KeyPair|CreatedKey|LockKeyboard|KeyboardLock|PolicyKeywords|ClientCredential|CACredential|DERKey|Maximum\w*Keys?|NumberOfKeys)$/;
  const suspicious = /pass(?!ive|through)|secret|psk|key|otp$|communit|credential/i;
  const open = allClasses.flatMap((one) =>
    holdersOf(one)
      .flatMap(([, members]) => Object.entries(members))
      .filter(([name, { traits }]) => suspicious.test(name) && traits.secret !== true && !harmless.test(name))
      .map(([name]) => `${one.name}.${name}`),
  );
  assert.deepEqual([...new Set(open)], []);
});

test("what the model lacks is hidden when its name says that it is a secret, at whatever depth", () => {
  const uri = "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_NewPasswordVault";
  const inner: XmlElement = element(uri, "Vault", [element(uri, "AdminPassword", secret), element(uri, "Size", "3")]);
  const body = element(uri, "AMT_NewPasswordVault", [
    inner,
    element(uri, "PrivateKey", secret),
    element(uri, "Name", "a"),
  ]);
  const shown = printed(body);
  assert.doesNotMatch(shown, /DEADBEEF/);
  assert.match(shown, /<r:Size>3<\/r:Size>/);
  assert.match(shown, /<r:Name>a<\/r:Name>/);
  assert.deepEqual(explain({ action: actions.get, resourceUri: uri, body }).value, {
    Vault: { AdminPassword: "[sealed]", Size: "3" },
    PrivateKey: "[sealed]",
    Name: "a",
  });
});

test("an empty secret is shown as empty: that it is not set is no secret", () => {
  const { uri, name } = allClasses.find((one) => one.name === "AMT_MPSUsernamePassword") ?? assert.fail();
  const body = element(uri, name, [element(uri, "Secret", ""), element(uri, "RemoteID", "a")]);
  assert.deepEqual(explain({ action: actions.get, resourceUri: uri, body }).value, { Secret: "", RemoteID: "a" });
});

test("a secret that a device says back, in its answer or in its fault, is hidden", async () => {
  const { device } = aPair({
    fault: (body) => {
      const sent = /<r:Password>(.*?)<\/r:Password>/.exec(body)?.[1];
      if (sent === undefined) return undefined;
      const id = /<a:MessageID>(.*?)<\/a:MessageID>/.exec(body)?.[1];
      const header = `<a:RelatesTo xmlns:a="${ns.wsa}">${id}</a:RelatesTo>`;
      const fault = `<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>${sent} is bad</s:Text></s:Reason></s:Fault>`;
      return ok(
        `<s:Envelope xmlns:s="${ns.soap}"><s:Header>${header}</s:Header><s:Body>${fault}</s:Body></s:Envelope>`,
      );
    },
  });
  const asked = { verb: "invoke", className: "AMT_SetupAndConfigurationService", method: "SetMEBxPassword" } as const;
  await assert.rejects(
    explore(device.wsman, { ...asked, selectors: {}, input: { Password: [secret] } }),
    ({ code, details }) => code.startsWith("wsman.fault.") && /^\[sealed\] is bad$/.test(details.reason),
  );
});
