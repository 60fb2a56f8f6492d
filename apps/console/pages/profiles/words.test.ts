import assert from "node:assert/strict";
import { test } from "node:test";
import { isProfileSettings, problemsIn } from "@vigil/api/resources/profile-check.ts";
import { ProfileSettings } from "@vigil/api/resources/profile-settings.ts";
import { namedChange, titleOf } from "./named-change.ts";
import { settingsWords } from "./setting-words.ts";
import { shapeOf, type Shape } from "./shape.ts";
import type { Words } from "./words.ts";

/** Settings that the form could not draw or would show without words. */
function wordless(shape: Shape, words: Words | undefined, path: string): string[] {
  if (words === undefined || words.title === "") return [path];
  switch (shape.kind) {
    case "table":
      return shape.fields.flatMap(([name, inner]) => wordless(inner, words.fields?.[name], `${path}.${name}`));
    case "optional":
      return words.none === undefined ? [`${path}: null`] : wordless(shape.inner, words, path);
    case "list":
      return wordless(shape.one, words.one, `${path}[]`);
    case "choice":
      return shape.values.filter((one) => words.choices?.[one] === undefined).map((one) => `${path}: ${one}`);
    case "choices":
      return shape.values.filter((one) => words.one?.choices?.[one] === undefined).map((one) => `${path}: ${one}`);
    default:
      return [];
  }
}

test("the form draws every setting of the contract, and has words for each and for each of its values", () => {
  assert.deepEqual(wordless(shapeOf(ProfileSettings), settingsWords, "settings"), []);
});

test("a change is told in the form's words, entries of lists by their names", () => {
  assert.deepEqual(namedChange({ setting: "tls.mode", before: '"off"', after: '"mutual"' }), {
    section: "TLS",
    field: "On the network",
    before: "Off: in the clear",
    after: "Mutual",
  });
  const wifi = namedChange({ setting: "network.wifiProfiles[a.b].ssid", before: null, after: '"Office"' });
  assert.deepEqual([wifi.field, wifi.before, wifi.after], ["Wi-Fi networks › a.b › SSID", "—", "Office"]);
  assert.equal(namedChange({ setting: "otp", before: '"off"', after: '"required"' }).field, "One-time password");
  assert.equal(titleOf("tls.certificate"), "TLS › certificate");
});

test("a draft that is not whole says where and by which rule", () => {
  assert.equal(isProfileSettings({}), false);
  const problems = problemsIn({ general: { hostNameRule: "", idleMinutes: 70_000 } });
  const ruleAt = (path: string): string | undefined => problems.find((one) => one.path.join(".") === path)?.rule;
  assert.equal(ruleAt("general.hostNameRule"), "minLength");
  assert.equal(ruleAt("general.idleMinutes"), "maximum");
});
