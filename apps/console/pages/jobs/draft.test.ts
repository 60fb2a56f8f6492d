import assert from "node:assert/strict";
import { test } from "node:test";
import { jobProblems } from "@vigil/api/resources/job-check.ts";
import { stepKinds } from "@vigil/api/resources/job-steps.ts";
import { freshStep, namesBefore, rowsOf, withEntry, withMoved, withoutEntry, withValue } from "./draft.ts";
import { lineDiff, shortened } from "./line-diff.ts";

const wake = { name: "Wake", do: "power.on" };
const wait = { name: "Wait", pauseSeconds: 1 };

test("a value is put and taken away by its place, and what is not on the way stays the same object", () => {
  const draft = { steps: [wake, wait] };
  const put = withValue(draft, ["steps", 1, "when", "powerBefore"], "on");
  assert.deepEqual(put, { steps: [wake, { ...wait, when: { powerBefore: "on" } }] });
  assert.equal(Reflect.get(Object(Reflect.get(Object(put), "steps")), 0), wake);
  assert.deepEqual(withValue(put, ["steps", 1, "when"], undefined), draft);
});

test("steps are put, moved and taken away in their list", () => {
  const draft = { steps: [wake] };
  const two = withEntry(draft, ["steps"], 1, wait);
  assert.deepEqual(two, { steps: [wake, wait] });
  assert.deepEqual(withMoved(two, ["steps"], 1, 0), { steps: [wait, wake] });
  assert.equal(withMoved(two, ["steps"], 1, 2), two);
  assert.deepEqual(withoutEntry(two, ["steps"], 0), { steps: [wait] });
});

test("a fresh step of every kind can be run as it is, with a name that no other has", () => {
  let draft: unknown = { steps: [] };
  for (const kind of [...stepKinds, ...stepKinds]) {
    draft = withEntry(draft, ["steps"], 0, freshStep(draft, kind));
  }
  assert.deepEqual(jobProblems(draft), []);
});

test("rows follow the file, branches below their step", () => {
  const draft = { steps: [wake, { name: "Both", parallel: [[wait], [{ name: "B", pauseSeconds: 1 }]] }] };
  assert.deepEqual(
    rowsOf(draft).map(({ kind, depth }) => `${kind} ${depth}`),
    ["step 0", "step 0", "branch 1", "step 2", "branch 1", "step 2"],
  );
});

test("a condition is offered the steps that have ended by then, and none beside it", () => {
  const choose = [{ when: { powerBefore: "on" }, steps: [wait, { name: "Then", pauseSeconds: 1 }] }];
  const draft = {
    steps: [wake, { name: "Pick", choose, otherwise: [{ name: "Else", pauseSeconds: 1 }] }, { ...wait, name: "End" }],
  };
  assert.deepEqual(namesBefore(draft, ["steps", 0]), []);
  assert.deepEqual(namesBefore(draft, ["steps", 1, "choose", 0]), ["Wake"]);
  assert.deepEqual(namesBefore(draft, ["steps", 1, "choose", 0, "steps", 1]), ["Wake", "Wait"]);
  assert.deepEqual(namesBefore(draft, ["steps", 1, "otherwise", 0]), ["Wake"]);
  assert.deepEqual(namesBefore(draft, ["steps", 2]), ["Wake", "Pick", "Wait", "Then", "Else"]);
});

test("a draft that is no definition is shown as far as it can be", () => {
  for (const draft of [null, 1, "x", {}, { steps: 1 }, { steps: [null, 1, { parallel: 1 }] }]) rowsOf(draft);
});

test("what differs is told line by line, what is common once", () => {
  assert.deepEqual(
    lineDiff("a\nb\nc", "a\nx\nc\nd").map(({ kind, text }) => `${kind} ${text}`),
    ["same a", "gone b", "new x", "same c", "new d"],
  );
});

test("what is the same far from a change is one line", () => {
  const before = Array.from({ length: 20 }, (_, index) => String(index));
  const lines = shortened(lineDiff(before.join("\n"), before.with(10, "ten").join("\n")));
  assert.deepEqual(
    lines.map(({ kind }) => kind),
    ["more", "same", "same", "same", "gone", "new", "same", "same", "same", "more"],
  );
  assert.equal(lines[0]?.text, "7 lines are the same");
});
