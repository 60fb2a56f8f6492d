import assert from "node:assert/strict";
import { test } from "node:test";
import { Value } from "typebox/value";
import { ProfileSettings } from "./profile-settings.ts";

test("of older TLS a profile takes the versions that it may name, and no other word", () => {
  const { tls } = ProfileSettings.properties;
  const others = { mode: "server", isPlainPortOpen: false, local: "server", trustedNames: [], trustedRoots: [] };
  const takes = (oldestTls: string): boolean => Value.Check(tls, { ...others, oldestTls });
  assert.deepEqual(["TLSv1", "TLSv1.1", "TLSv1.2"].filter(takes), ["TLSv1", "TLSv1.1", "TLSv1.2"]);
  assert.deepEqual(["SSLv3", "TLSv1.3", "tlsv1", ""].filter(takes), []);
});
