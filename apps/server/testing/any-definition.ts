import * as fc from "fast-check";
import { operationNames, parametersOf, type OperationName } from "@vigil/api/operations.ts";
import type { BlastRadius, JobDefinition, JobStep, StepCondition } from "@vigil/api/resources/job-definition.ts";
import { branchesOf } from "@vigil/api/resources/job-steps.ts";

/** Any definition of a job that can be run: all kinds of steps, with names and texts that YAML could take for something else. */
export function anyDefinition(): fc.Arbitrary<JobDefinition> {
  const steps = fc.array(anyStep, { minLength: 1, maxLength: 6 });
  const names = fc.uniqueArray(anyName, { minLength: 200, maxLength: 200, selector: (name) => name.toLowerCase() });
  return fc
    .record({ description: anyText, steps, limits: anyLimits }, { requiredKeys: ["steps"] })
    .chain((drawn) => names.map((all) => structuredClone({ ...drawn, steps: named(drawn.steps, all) })));
}

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.constantFrom(
    "",
    "# no comment",
    "- dash",
    "a: b",
    "|",
    "two\nlines\n",
    " blank first",
    "null",
    "~",
    "1e3",
    "tab\tand\r\nmore",
  ),
);
/** The library has to have it, for definitions to be accepted by a server. */
export const imageInDefinitions = "repair.img";

const anyName = fc.oneof(
  { weight: 9, arbitrary: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("yes", "No", "null", "1", "0x1F", "1e3", "1.0", "2026-01-01", "true", "Infinity"),
  },
);

const anyCondition: fc.Arbitrary<StepCondition> = fc.oneof(
  fc.record({ powerBefore: fc.constantFrom("on", "off", "sleep", "hibernate") }),
  fc.record({ device: fc.constantFrom("state = provisioned", 'tag = "a b" or not release >= 16', "  ") }),
);
const common = { name: fc.constant(""), when: anyCondition, always: fc.boolean(), mayFail: fc.boolean() };
const limitSeconds = fc.integer({ min: 1, max: 86_400 });
const retry = fc.record(
  { tries: fc.integer({ min: 2, max: 10 }), delaySeconds: fc.integer({ min: 1, max: 3_600 }) },
  { requiredKeys: ["tries"] },
);

const anyOperation = fc
  .constantFrom(...operationNames)
  .chain((name) =>
    fc.record(
      { ...common, do: fc.constant(name), with: choicesOf(name), retry, limitSeconds },
      { requiredKeys: needsImage(name) ? ["name", "do", "with"] : ["name", "do"] },
    ),
  );
const anyWait = fc.record(
  {
    ...common,
    waitFor: fc.oneof(
      fc.record({ power: fc.constantFrom("on", "off") }),
      fc.record({ agent: fc.constantFrom("present", "gone") }),
      fc.record({ port: fc.integer({ min: 1, max: 65_535 }) }),
    ),
    limitSeconds,
  },
  { requiredKeys: ["name", "waitFor"] },
);
const anyPause = fc.record({ ...common, pauseSeconds: limitSeconds }, { requiredKeys: ["name", "pauseSeconds"] });
const anyRestore = fc.record({ ...common, restore: fc.constant("power") }, { requiredKeys: ["name", "restore"] });
const branch = fc.array(fc.oneof(anyOperation, anyWait, anyPause, anyRestore), { minLength: 1, maxLength: 3 });
const anyStep = fc.oneof(
  anyOperation,
  anyWait,
  anyPause,
  anyRestore,
  fc.record(
    { ...common, parallel: fc.array(branch, { minLength: 2, maxLength: 3 }) },
    { requiredKeys: ["name", "parallel"] },
  ),
  fc.record(
    {
      ...common,
      choose: fc.array(fc.record({ when: anyCondition, steps: branch }), { minLength: 1, maxLength: 3 }),
      otherwise: branch,
    },
    { requiredKeys: ["name", "choose"] },
  ),
  fc.record(
    { ...common, approval: fc.string({ unit: "binary", minLength: 1, maxLength: 100 }) },
    { requiredKeys: ["name", "approval"] },
  ),
) as fc.Arbitrary<JobStep>;

const anyLimits: fc.Arbitrary<BlastRadius> = fc.record(
  {
    waves: fc
      .uniqueArray(fc.integer({ min: 1, max: 999 }), { maxLength: 5 })
      .map((shares) => [...shares.toSorted((a, b) => a - b).map((share) => share / 10), 100]),
    stopAtFailurePercent: fc.oneof(
      fc.double({ min: 0, max: 100, noNaN: true }).map(Math.abs),
      fc.constant("never" as const),
    ),
    stopAfter: fc.integer({ min: 1, max: 10_000 }),
    perSecond: fc.double({ min: 0.001, max: 10_000, noNaN: true }),
    approvalAbove: fc.integer({ min: 0, max: 1_000_000 }),
  },
  { requiredKeys: [] },
);

function needsImage(operation: OperationName): boolean {
  return Object.values(parametersOf(operation)).some(({ kind }) => kind === "image");
}

function choicesOf(operation: OperationName): fc.Arbitrary<Record<string, string>> {
  const rows = Object.entries(parametersOf(operation)).map(([name, parameter]) => {
    if (parameter.kind === "image") return fc.constant([[name, imageInDefinitions]]);
    if (parameter.kind === "addresses")
      return fc.constantFrom("", "192.0.2.1,192.0.2.7").map((value) => [[name, value]]);
    return fc.option(
      fc.constantFrom(...Object.keys(parameter.choices)).map((value) => [[name, value]]),
      { nil: [] },
    );
  });
  return fc.tuple(...rows).map((chosen) => Object.fromEntries(chosen.flat()));
}

/** Gives each step a name of its own, and every other top step a condition on the one before it. */
function named(steps: readonly JobStep[], names: readonly string[]): JobStep[] {
  const left = names.values();
  const next = (): string => left.next().value ?? "";
  let before: string | undefined;
  return structuredClone(steps).map((step, index) => {
    for (const { steps: inner } of branchesOf(step)) for (const one of inner) one.name = next();
    const name = next();
    const when = before === undefined || index % 2 === 0 ? {} : { when: { step: before, ended: ["failed" as const] } };
    before = name;
    return { ...step, ...when, name };
  });
}
