import assert from "node:assert/strict";
import { test } from "node:test";
import { jobProblems, needsReason, permissionsOf } from "./job-check.ts";
import type { JobDefinition } from "./job-definition.ts";
import { readJobText, textOf } from "./job-text.ts";

/** Where, and what to do: one line for each problem. */
function said(definition: unknown): string[] {
  return jobProblems(definition).map(({ path, step, text }) => `${path} | ${step ?? "-"} | ${text}`);
}

const wake = { name: "Wake", do: "power.on" };

test("a definition of every kind of step has no problems", () => {
  const definition: JobDefinition = {
    description: "All of it",
    steps: [
      { name: "Wake", do: "power.on", retry: { tries: 3 } },
      { name: "Await", waitFor: { power: "on" }, when: { step: "Wake" } },
      { name: "Both", parallel: [[{ name: "A", pauseSeconds: 1 }], [{ name: "B", do: "profile.look" }]] },
      {
        name: "Either",
        choose: [
          {
            when: { step: "A", ended: ["failed"] },
            steps: [
              { name: "C", do: "boot.once", with: { to: "disk" } },
              { name: "D", pauseSeconds: 1, when: { step: "C" } },
            ],
          },
        ],
        otherwise: [{ name: "E", pauseSeconds: 2 }],
      },
      { name: "Ask", approval: "Go on?", when: { step: "E", ended: ["succeeded", "skipped"] } },
      { name: "Back", restore: "power", when: { powerBefore: "off", device: "state = provisioned" } },
    ],
    limits: { waves: [1, 12.5, 100] },
  };
  assert.deepEqual(said(definition), []);
  assert.deepEqual(permissionsOf(definition), ["device.boot", "device.power", "device.read"]);
  assert.equal(needsReason(definition), false);
  assert.equal(needsReason({ steps: [{ name: "Forget", do: "device.unprovision" }] }), true);
});

test("what is no definition at all is said in words", () => {
  assert.deepEqual(said(null), [" | - | The job is of another kind"]);
  assert.deepEqual(said({}), [" | - | steps is missing"]);
  assert.deepEqual(said({ steps: [] }), ["steps | - | steps has too few entries"]);
  assert.deepEqual(said({ steps: [wake], step: 1 }), ["step | - | There is no such key here: step"]);
});

test("each step is held to its own kind", () => {
  assert.deepEqual(said({ steps: ["Wake"] }), ["steps[0] | 1. | A step is a table of keys"]);
  assert.deepEqual(said({ steps: [{ name: "Wake" }] }), ["steps[0] | 1. Wake | The step does not say what it does"]);
  assert.deepEqual(said({ steps: [{ ...wake, pauseSeconds: 1 }] }), [
    "steps[0] | 1. Wake | The step says do and pauseSeconds",
  ]);
  assert.deepEqual(said({ steps: [{ name: "Wake", do: "power.up" }] }), [
    "steps[0].do | 1. Wake | do has a value that there is not",
  ]);
  assert.deepEqual(said({ steps: [{ name: "W", waitFor: { power: "on", port: 22 } }] }), [
    "steps[0].waitFor | 1. W | waitFor says too much",
  ]);
  assert.deepEqual(said({ steps: [{ ...wake, limitSecond: 3 }] }), [
    "steps[0].limitSecond | 1. Wake | There is no such key here: limitSecond",
  ]);
  const parallel = [[wake], [{ name: "Ask", approval: "Go on?" }]];
  assert.deepEqual(said({ steps: [{ name: "Both", parallel }] }), [
    "steps[0].parallel[1][0] | 1. Both / parallel 2 / 1. Ask | A branch cannot hold a step with approval",
  ]);
});

test("a problem within a branch names the way to its step", () => {
  const steps = [
    wake,
    {
      name: "Patch",
      choose: [{ when: { powerBefore: "on" }, steps: [wake] }],
      otherwise: [{ name: "Wake again", do: "x" }],
    },
  ];
  assert.deepEqual(said({ steps }), [
    "steps[1].otherwise[0].do | 2. Patch / otherwise / 1. Wake again | do has a value that there is not",
  ]);
  const repeated = [wake, { ...steps[1], otherwise: [{ name: "Sleep", do: "power.off" }] }];
  assert.deepEqual(said({ steps: repeated }), [
    "steps[1].choose[0].steps[0].name | 2. Patch / choose 1 / 1. Wake | Another step is called Wake as well",
  ]);
});

test("names are unique without regard to letter case", () => {
  assert.deepEqual(said({ steps: [wake, { ...wake, name: "WAKE" }] }), [
    "steps[1].name | 2. WAKE | Another step is called WAKE as well",
  ]);
});

test("conditions speak of steps that have ended by then, and of no others", () => {
  const first = (when: unknown) =>
    said({
      steps: [
        { ...wake, when },
        { name: "Later", pauseSeconds: 1 },
      ],
    });
  assert.deepEqual(first({ step: "Later" }), ["steps[0].when.step | 1. Wake | The step Later has not ended by then"]);
  assert.deepEqual(first({ step: "Wake" }), ["steps[0].when.step | 1. Wake | The step Wake has not ended by then"]);
  assert.deepEqual(first({ step: "Never" }), ["steps[0].when.step | 1. Wake | There is no step Never"]);
  assert.deepEqual(first({ ended: ["failed"] }), [
    "steps[0].when.ended | 1. Wake | ended says of no step how it ended",
  ]);
  assert.deepEqual(first({}), ["steps[0].when | 1. Wake | when says nothing"]);
  const beside = { name: "Both", parallel: [[wake], [{ name: "B", pauseSeconds: 1, when: { step: "Wake" } }]] };
  assert.deepEqual(said({ steps: [beside] }), [
    "steps[0].parallel[1][0].when.step | 1. Both / parallel 2 / 1. B | The step Wake has not ended by then",
  ]);
});

test("a condition on the device is read by the filter language", () => {
  const [problem] = jobProblems({ steps: [{ ...wake, when: { device: "state = lost" } }] });
  assert.equal(problem?.path, "steps[0].when.device");
  assert.match(problem?.text ?? "", /state/);
});

test("the choices of an operation are those of the catalogue", () => {
  assert.deepEqual(said({ steps: [{ name: "B", do: "boot.once", with: { to: "moon" } }] }), [
    "steps[0].with.to | 1. B | to cannot be moon",
  ]);
  assert.deepEqual(said({ steps: [{ ...wake, with: { how: "softly" } }] }), [
    "steps[0].with.how | 1. Wake | power.on has no choice how",
  ]);
});

test("waves rise to 100", () => {
  const waves = (...shares: number[]) => said({ steps: [wake], limits: { waves: shares } });
  assert.deepEqual(waves(10, 100), []);
  assert.deepEqual(waves(10, 50), ["limits.waves | - | The waves do not reach all devices"]);
  assert.deepEqual(waves(50, 50, 100), ["limits.waves[1] | - | Wave 2 reaches no further than the one before it"]);
  assert.deepEqual(waves(0, 100), ["limits.waves[0] | - | waves is out of its range"]);
});

test("YAML is read with the line of each place, and its name apart", () => {
  const text = "name: Night\nsteps:\n  - name: Off\n    do: power.off\n    when:\n      powerBefore: on\n";
  const { name, definition, lineOf, problems } = readJobText(text);
  assert.deepEqual(problems, []);
  assert.equal(name, "Night");
  assert.deepEqual(definition, { steps: [{ name: "Off", do: "power.off", when: { powerBefore: "on" } }] });
  assert.equal(lineOf("steps[0].when.powerBefore"), 6);
  assert.equal(lineOf("steps[0].limitSeconds"), 3);
  assert.equal(lineOf("limits"), null);
});

test("YAML that cannot be read says where", () => {
  const { problems } = readJobText("steps:\n  - name: [\n");
  assert.ok((problems[0]?.line ?? 0) >= 2);
  const twice = readJobText("steps: []\nsteps: []\n");
  assert.match(twice.problems[0]?.text ?? "", /unique/);
});

test("aliases within aliases end before the memory does", () => {
  const lines = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (const [one, other] of ["ab", "bc", "cd", "de", "ef", "fg", "gh"].map((pair) => [...pair])) {
    lines.push(`${other}: &${other} [${Array.from({ length: 9 }, () => `*${one}`).join(", ")}]`);
  }
  const { problems, definition } = readJobText(lines.join("\n"));
  assert.equal(definition, undefined);
  assert.match(problems[0]?.text ?? "", /alias/i);
});

test("a definition is always written as the same text, whatever the order of its keys", () => {
  const one = {
    steps: [{ name: "Off", do: "power.off" as const, mayFail: true, limitSeconds: 3 }],
    description: "Night",
  };
  const other = {
    description: "Night",
    steps: [{ limitSeconds: 3, mayFail: true, do: "power.off" as const, name: "Off" }],
  };
  assert.equal(textOf(one), textOf(other));
  assert.equal(
    textOf(one, "Night"),
    "name: Night\ndescription: Night\nsteps:\n  - name: Off\n    do: power.off\n    limitSeconds: 3\n    mayFail: true\n",
  );
});

test("what may be a number or a word and is neither is told once", () => {
  const wrong = (stopAtFailurePercent: unknown) =>
    jobProblems({ steps: [{ name: "Look", do: "power.state" }], limits: { waves: [100], stopAtFailurePercent } });
  assert.deepEqual(wrong("never"), []);
  assert.deepEqual(
    [wrong(200), wrong("often")].map((all) => all.map(({ path, next }) => [path, next])),
    [
      [["limits.stopAtFailurePercent", "Write a number up to 100, or write never"]],
      [["limits.stopAtFailurePercent", "Write a number, or write never"]],
    ],
  );
});
