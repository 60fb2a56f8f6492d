import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import { outlineOf, type Outline } from "./outline.ts";
import { putBackOf, resultOf } from "./result.ts";
import { hasEnded, settledMs, walk, type Ending, type Mark, type Next, type Stand } from "./walk.ts";

type Steps = JobDefinition["steps"];

const start = Date.UTC(2026, 0, 1);

/** How each try of a step ends, by the step's name. */
type Script = (name: string, attempt: number) => Ending;

interface Played {
  readonly outline: Outline;
  readonly marks: ReadonlyMap<number, Mark>;
  /** Steps in the order in which the device was asked or told, with the try. */
  readonly told: readonly string[];
  readonly ended: Ending;
  /** How often each step came to an end. */
  readonly ends: ReadonlyMap<number, number>;
}

const still = { underWay: new Set<number>(), lookAt: new Map<number, number>(), isCancelled: false };

/** Plays a definition on one device: what is begun ends as the script says, time passes when nothing else happens. */
function play(
  steps: Steps,
  script: Script,
  { cancelledAfter = Infinity, ...given }: Partial<Stand> & { readonly cancelledAfter?: number } = {},
): Played {
  const outline = outlineOf({ steps });
  const marks = new Map<number, Mark>();
  const told: string[] = [];
  const ends = new Map<number, number>();
  let now = start;
  const set = (mark: Mark): void => {
    const step = outline.places[mark.position]?.step;
    assert.ok(step !== undefined);
    if (hasEnded(step, mark)) ends.set(mark.position, (ends.get(mark.position) ?? 0) + 1);
    marks.set(mark.position, mark);
  };
  const base = { ...still, powerBefore: null };
  for (let rounds = 0; rounds < 1_000; rounds += 1) {
    const approved = new Set(outline.places.map(({ position }) => position));
    const next: Next = walk(outline, {
      ...base,
      approved,
      fits: () => true,
      ...given,
      isCancelled: told.length >= cancelledAfter,
      marks,
      now,
    });
    next.changes.forEach(set);
    if (next.ended !== null) return { outline, marks, told, ended: next.ended, ends };
    assert.deepEqual(next.found, []);
    const looks = next.look.map((place) => ({ place, attempt: 1 }));
    for (const { place, attempt } of [...next.begin, ...looks]) {
      const { position, step } = place;
      told.push(`${step.name} ${attempt}`);
      const at = new Date(now);
      const outcome = script(step.name, attempt);
      set({ position, attempt, outcome, answer: step.name, error: null, startedAt: at, finishedAt: at });
    }
    if (next.begin.length + looks.length > 0) continue;
    assert.ok(next.wakeAt !== null && next.wakeAt > now, "nothing happens any more");
    now = next.wakeAt;
  }
  return assert.fail("it never ends");
}

const wake = { name: "Wake", do: "power.on" } as const;
const patch = { name: "Patch", do: "profile.apply" } as const;
const back = { name: "Back", restore: "power" } as const;
const well: Script = () => "succeeded";
const failing =
  (...names: readonly string[]): Script =>
  (name) =>
    names.includes(name) ? "failed" : "succeeded";

function outcomesOf({ outline, marks }: Played): Record<string, string> {
  return Object.fromEntries(
    outline.places.map(({ step, position }) => [step.name, marks.get(position)?.outcome ?? ""]),
  );
}

test("steps are told one after the other, and the device's share ends with the last", () => {
  const played = play([wake, { name: "Rest", pauseSeconds: 60 }, patch, back], well);
  assert.deepEqual(played.told, ["Wake 1", "Patch 1", "Back 1"]);
  assert.equal(played.ended, "succeeded");
  assert.deepEqual(resultOf(played.outline, played.marks, "succeeded"), { step: null, answer: "Back", error: null });
});

test("after a failure what follows is skipped, but not what puts things back, nor what always runs", () => {
  const tidy = { name: "Tidy", do: "profile.look", always: true } as const;
  const played = play([wake, patch, { name: "More", do: "power.reset" }, tidy, back], failing("Patch"));
  assert.deepEqual(outcomesOf(played), {
    Wake: "succeeded",
    Patch: "failed",
    More: "skipped",
    Tidy: "succeeded",
    Back: "succeeded",
  });
  assert.equal(played.ended, "failed");
  assert.equal(resultOf(played.outline, played.marks, "failed").step, 1);
});

test("a step that may fail leaves the rest as if it had not", () => {
  const played = play([{ ...wake, mayFail: true }, patch], failing("Wake"));
  assert.deepEqual(played.told, ["Wake 1", "Patch 1"]);
  assert.equal(played.ended, "succeeded");
});

test("a failure is tried again as often as the step says, an unknown outcome never", () => {
  const again = { ...wake, retry: { tries: 3, delaySeconds: 5 } };
  assert.deepEqual(play([again], failing("Wake")).told, ["Wake 1", "Wake 2", "Wake 3"]);
  assert.deepEqual(play([again], (_name, attempt) => (attempt === 2 ? "succeeded" : "failed")).told, [
    "Wake 1",
    "Wake 2",
  ]);
  const unknown = play([again], () => "unknown");
  assert.deepEqual([unknown.told, unknown.ended], [["Wake 1"], "unknown"]);
});

test("conditions decide by how an earlier step ended and by what the power was", () => {
  const steps: Steps = [
    { ...wake, mayFail: true },
    { ...patch, when: { step: "Wake", ended: ["failed", "unknown"] } },
    { ...back, when: { powerBefore: "off" } },
  ];
  assert.deepEqual(play(steps, failing("Wake"), { powerBefore: "off" }).told, ["Wake 1", "Patch 1", "Back 1"]);
  assert.deepEqual(play(steps, well, { powerBefore: "on" }).told, ["Wake 1"]);
});

test("of the choices the first that holds is taken, and every step of the others is skipped", () => {
  const steps: Steps = [
    {
      name: "Which",
      choose: [
        { when: { powerBefore: "off" }, steps: [wake] },
        { when: { powerBefore: "on" }, steps: [patch] },
      ],
      otherwise: [{ name: "Else", do: "power.reset" }],
    },
  ];
  assert.deepEqual(outcomesOf(play(steps, well, { powerBefore: "on" })), {
    Which: "succeeded",
    Wake: "skipped",
    Patch: "succeeded",
    Else: "skipped",
  });
  assert.deepEqual(play(steps, well, { powerBefore: "sleep" }).told, ["Else 1"]);
  const failed = play(steps, failing("Else"));
  assert.deepEqual([failed.ended, outcomesOf(failed)["Which"]], ["failed", "failed"]);
});

test("branches go on beside one another, whatever the others do", () => {
  const steps: Steps = [
    { name: "Both", parallel: [[wake, { name: "After", do: "power.reset" }], [patch]] },
    { name: "End", do: "power.state" },
  ];
  assert.deepEqual(play(steps, well).told, ["Wake 1", "Patch 1", "After 1", "End 1"]);
  const failed = play(steps, failing("Wake"));
  assert.deepEqual(failed.told, ["Wake 1", "Patch 1"]);
  assert.equal(outcomesOf(failed)["End"], "skipped");
});

test("a device stands at an approval step until somebody lets it pass", () => {
  const outline = outlineOf({ steps: [{ name: "Ask", approval: "Go on?" }, wake] });
  const stand = { ...still, powerBefore: null, now: start };
  const before = walk(outline, { ...stand, marks: new Map(), approved: new Set(), fits: () => true });
  assert.deepEqual([before.waitsFor, before.begin, before.ended], [0, [], null]);
  const marks = new Map(before.changes.map((mark) => [mark.position, mark]));
  const after = walk(outline, { ...stand, marks, approved: new Set([0]), fits: () => true });
  assert.deepEqual([after.waitsFor, after.begin.map(({ place }) => place.step.name)], [null, ["Wake"]]);
});

test("power is not put back before the machine is through what it was told, or may have been told", () => {
  const outline = outlineOf({ steps: [wake, back] });
  const stand = { ...still, approved: new Set<number>() };
  for (const outcome of ["succeeded", "unknown"] as const) {
    const at = new Date(start);
    const mark = { position: 0, attempt: 1, outcome, answer: null, error: null, startedAt: at, finishedAt: at };
    const walked = (now: number) =>
      walk(outline, { ...stand, marks: new Map([[0, mark]]), powerBefore: "off", fits: () => true, now });
    const early = walked(start + settledMs - 1);
    assert.deepEqual([early.begin, early.wakeAt, early.ended], [[], start + settledMs, null]);
    assert.deepEqual(
      walked(start + settledMs).begin.map(({ place }) => place.step.name),
      ["Back"],
    );
  }
});

test("a step that is found begun is neither begun again nor passed over", () => {
  const outline = outlineOf({ steps: [wake, patch] });
  const mark = { position: 0, attempt: 1, outcome: "running", answer: null, error: null, finishedAt: null } as const;
  const marks = new Map([[0, { ...mark, startedAt: new Date(start) }]]);
  const stand = { ...still, powerBefore: null, approved: new Set<number>(), now: start, marks };
  const found = walk(outline, { ...stand, fits: () => true });
  assert.deepEqual([found.found.map(({ position }) => position), found.begin, found.ended], [[0], [], null]);
  const inHand = walk(outline, { ...stand, underWay: new Set([0]), fits: () => true });
  assert.deepEqual([inHand.found, inHand.begin, inHand.wakeAt, inHand.ended], [[], [], null, null]);
});

test("once its run is cancelled a device is told only what puts its power back", () => {
  const steps: Steps = [
    wake,
    { name: "Rest", pauseSeconds: 3_600 },
    { ...patch, always: true },
    { name: "Ask", approval: "Go on?" },
    { name: "Which", choose: [{ when: { powerBefore: "off" }, steps: [{ name: "Never", do: "power.reset" }, back] }] },
  ];
  const played = play(steps, well, { cancelledAfter: 1, powerBefore: "off" });
  assert.deepEqual(played.told, ["Wake 1", "Back 1"]);
  assert.deepEqual(outcomesOf(played), {
    Wake: "succeeded",
    Rest: "skipped",
    Patch: "skipped",
    Ask: "skipped",
    Which: "succeeded",
    Never: "skipped",
    Back: "succeeded",
  });
  assert.deepEqual(putBackOf(played.outline, played.marks), { step: null, answer: "Back", error: null });
  const none = play(steps, well, { cancelledAfter: 1, powerBefore: "on" });
  assert.deepEqual([none.told, putBackOf(none.outline, none.marks).answer], [["Wake 1"], null]);
});

test("of a cancelled run a failed step is not tried again, but putting the power back is", () => {
  const again = { ...patch, retry: { tries: 3, delaySeconds: 5 } };
  const played = play([wake, again, back], failing("Patch", "Back"), { cancelledAfter: 2, powerBefore: "off" });
  assert.deepEqual(played.told, ["Wake 1", "Patch 1", "Back 1", "Back 2", "Back 3"]);
  assert.equal(putBackOf(played.outline, played.marks).step, 2);
});

test("a step that a cancelled run had begun is waited for in hand, looked after once found, and skipped where it only looked", () => {
  const look = { name: "Look", do: "power.state" } as const;
  const outline = outlineOf({ steps: [{ name: "Both", parallel: [[wake], [look]] }, back] });
  const mark = { attempt: 1, outcome: "running", answer: null, error: null, finishedAt: null } as const;
  const startedAt = new Date(start);
  const marks = new Map([0, 1, 2].map((position) => [position, { ...mark, position, startedAt }]));
  const stand = { ...still, isCancelled: true, powerBefore: "off", approved: new Set<number>(), now: start } as const;
  const found = walk(outline, { ...stand, marks, fits: () => true });
  assert.deepEqual(
    [found.found.map(({ step }) => step.name), found.changes.map(({ outcome }) => outcome), found.begin],
    [["Wake"], ["skipped"], []],
  );
  const inHand = walk(outline, { ...stand, marks, underWay: new Set([1, 2]), fits: () => true });
  assert.deepEqual([inHand.found, inHand.changes, inHand.begin, inHand.ended], [[], [], [], null]);
});

/** Of a parallel step that is made up here. */
const mostBranches = 3;

const anyPlain = fc.record({
  kind: fc.constantFrom("do", "waitFor", "pause", "restore"),
  always: fc.boolean(),
  mayFail: fc.boolean(),
  tries: fc.integer({ min: 1, max: 3 }),
  condition: fc.constantFrom("none", "on", "off", "earlier"),
});
const anyTop = fc.oneof(
  anyPlain.map((plain) => ({ plain })),
  fc
    .array(fc.array(anyPlain, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 })
    .map((parallel) => ({ parallel })),
  fc
    .array(fc.array(anyPlain, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
    .map((choose) => ({ choose })),
  fc.constant({ approval: true }),
);

function stepsFrom(tops: readonly (typeof anyTop extends fc.Arbitrary<infer T> ? T : never)[]): Steps {
  let number = 0;
  let earlier: string | undefined;
  const name = (): string => `Step ${(number += 1)}`;
  const plain = ({
    kind,
    always,
    mayFail,
    tries,
    condition,
  }: typeof anyPlain extends fc.Arbitrary<infer T> ? T : never) => {
    const when =
      condition === "none"
        ? {}
        : condition !== "earlier"
          ? { when: { powerBefore: condition as "on" | "off" } }
          : earlier === undefined
            ? {}
            : { when: { step: earlier, ended: ["succeeded", "skipped"] as ("succeeded" | "skipped")[] } };
    const common = { name: name(), always, mayFail, ...when };
    if (kind === "waitFor") return { ...common, waitFor: { power: "on" as const } };
    if (kind === "pause") return { ...common, pauseSeconds: 5 };
    if (kind === "restore") return { ...common, restore: "power" as const };
    const retry = tries > 1 ? { retry: { tries, delaySeconds: 1 } } : {};
    return { ...common, do: "power.cycle" as const, ...retry };
  };
  return tops.map((top) => {
    const own = name();
    const step =
      "parallel" in top
        ? { name: own, parallel: top.parallel.map((branch) => branch.map(plain)) }
        : "choose" in top
          ? {
              name: own,
              choose: top.choose.map((branch, at) => ({
                when: { powerBefore: at === 0 ? ("on" as const) : ("off" as const) },
                steps: branch.map(plain),
              })),
            }
          : "approval" in top
            ? { name: own, approval: "Go on?" }
            : plain(top.plain);
    earlier = step.name;
    return step;
  });
}

test("a step that goes on is looked at again when it is time, and not before", () => {
  const outline = outlineOf({ steps: [{ name: "Heal", do: "boot.image", with: { image: "rescue.iso" } }] });
  const at = new Date(start);
  const running = {
    attempt: 1,
    outcome: "running",
    answer: null,
    error: null,
    startedAt: at,
    finishedAt: null,
  } as const;
  const stand = {
    marks: new Map([[0, { position: 0, ...running }]]),
    underWay: new Set<number>(),
    powerBefore: null,
    approved: new Set<number>(),
    fits: () => true,
    isCancelled: false,
    now: start,
  };
  const early = walk(outline, { ...stand, lookAt: new Map([[0, start + 3_000]]) });
  assert.deepEqual([early.found, early.wakeAt], [[], start + 3_000]);
  const due = walk(outline, { ...stand, lookAt: new Map([[0, start]]) });
  assert.deepEqual(
    due.found.map(({ position }) => position),
    [0],
  );
});

test("whatever the definition and however its steps end: every step ends exactly once, in order, and no try follows an unknown outcome", () => {
  const property = fc.property(
    fc.array(anyTop, { minLength: 1, maxLength: 5 }),
    fc.constantFrom("on", "off", "sleep"),
    fc.array(fc.constantFrom<Ending>("succeeded", "failed", "unknown"), { minLength: 1, maxLength: 20 }),
    (tops, powerBefore, endings) => {
      let turn = 0;
      const told = new Map<string, Ending[]>();
      const script: Script = (name) => {
        const ending = endings[(turn += 1) % endings.length] ?? "succeeded";
        const before = told.get(name) ?? [];
        assert.ok(
          !before.includes("unknown") && !before.includes("succeeded"),
          `${name} was told again after ${before.join()}`,
        );
        told.set(name, [...before, ending]);
        return ending;
      };
      const { outline, marks, ends, ended } = play(stepsFrom(tops), script, { powerBefore });
      for (const { position, step } of outline.places) {
        assert.equal(ends.get(position), 1, `${step.name} ended ${ends.get(position)} times`);
        const mark = marks.get(position);
        assert.ok(mark !== undefined && hasEnded(step, mark));
      }
      const wrong = outline.top.some((position) => {
        const outcome = marks.get(position)?.outcome;
        return outline.places[position]?.step.mayFail !== true && (outcome === "failed" || outcome === "unknown");
      });
      assert.equal(ended === "succeeded", !wrong);
    },
  );
  fc.assert(property, { numRuns: 500 });
});

test("whatever the definition and whenever it is cancelled: nothing but putting power back comes afterwards, and it ends", () => {
  const property = fc.property(
    fc.array(anyTop, { minLength: 1, maxLength: 5 }),
    fc.nat(8),
    fc.array(fc.constantFrom<Ending>("succeeded", "failed", "unknown"), { minLength: 1, maxLength: 20 }),
    (tops, cancelledAfter, endings) => {
      const steps = stepsFrom(tops);
      const { places } = outlineOf({ steps });
      const restores = new Set(places.flatMap(({ step }) => ("restore" in step ? [step.name] : [])));
      let turn = 0;
      const script: Script = () => endings[(turn += 1) % endings.length] ?? "succeeded";
      const { told, marks } = play(steps, script, { cancelledAfter, powerBefore: "off" });
      // Branches that stand beside one another are told together.
      const late = told.slice(cancelledAfter + mostBranches).map((one) => one.replace(/ \d+$/, ""));
      assert.ok(
        late.every((name) => restores.has(name)),
        told.join(", "),
      );
      for (const { position } of places) {
        const outcome = marks.get(position)?.outcome;
        assert.ok(outcome !== undefined && outcome !== "running" && outcome !== "waiting", `${position} is open`);
      }
    },
  );
  fc.assert(property, { numRuns: 500 });
});
