import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { accountNameOf, dnsNameIn, dueAfterDays, isDisabled } from "./account.ts";

test("an account name is the device's for ever, short enough for every client, and no other device's", () => {
  assert.equal(accountNameOf("4c4c4544-0042-3510-8052-b4c04f4e3132"), "AMTLMO47L5Z7MAO$");
  const uuids = Array.from({ length: 2_000 }, () => randomUUID());
  const names = uuids.map(accountNameOf);
  assert.equal(new Set(names).size, uuids.length);
  for (const name of names) assert.match(name, /^AMT[A-Z2-7]{12}\$$/);
});

test("only what DNS takes for a full name is a name", () => {
  assert.equal(dnsNameIn("HTTP/Desk-1.Lab.Example:16993"), "desk-1.lab.example");
  assert.equal(dnsNameIn("HTTP/desk-1.lab.example"), "desk-1.lab.example");
  for (const wrong of ["desk-1", "*.lab.example", "a)(cn=*.lab", "a b.lab", "a,OU=x.lab", "ä.lab", "", "a..b"]) {
    assert.equal(dnsNameIn(`HTTP/${wrong}:16993`), undefined, wrong);
  }
});

test("a password is due ten days ahead, or half of a shorter time", () => {
  assert.deepEqual([90, 21, 20, 10, 1].map(dueAfterDays), [80, 11, 10, 5, 0.5]);
});

test("a disabled account is told from one that is on", () => {
  assert.deepEqual([4_096, 4_098].map(isDisabled), [false, true]);
});
