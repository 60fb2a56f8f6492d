import assert from "node:assert/strict";
import { test } from "node:test";
import { helloWindow } from "./hello-window.ts";

const opened = new Date("2026-01-01T00:00:00Z");
const hourMs = 3_600_000;
const at = (hours: number): number => opened.getTime() + hours * hourMs;

test("a device says hello for 24 hours after power, and unplugging it opens the window again", () => {
  const machine = { manufacturer: null, model: null };
  const window = helloWindow(opened, machine, at(20.8));
  assert.equal(window.closesAt.getTime(), at(24));
  assert.equal(window.isOpen, true);
  assert.deepEqual(
    window.reopening.map(({ by, hours }) => [by, hours]),
    [
      ["power", 24],
      ["restart", 6],
    ],
  );
  assert.equal(helloWindow(opened, machine, at(24)).isOpen, false);
});

test("an HP notebook says hello only when software asks for it, and for six hours", () => {
  const window = helloWindow(opened, { manufacturer: "HP", model: "EliteBook 840 G9" }, at(5));
  assert.equal(window.closesAt.getTime(), at(6));
  assert.deepEqual(
    window.reopening.map(({ by, hours }) => [by, hours]),
    [["restart", 6]],
  );
});

test("an HP desktop is no notebook", () => {
  const window = helloWindow(opened, { manufacturer: "Hewlett-Packard", model: "Compaq 8100 Elite SFF" }, at(1));
  assert.equal(window.closesAt.getTime(), at(24));
});
