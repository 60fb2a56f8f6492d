import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { assignedFields, type Condition } from "@vigil/api/resources/assignments.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { decide, problemWithRule, type Entry, type Evidence, type Rule } from "./assignment.ts";
import { problemWith, verdictOf } from "./condition.ts";
import { fits } from "./glob.ts";
import { nameFrom } from "./host-name.ts";

const evidence: Evidence = {
  uuid: "4c4c4544-0042-3510-8053-b7c04f4a5931",
  address: "10.2.3.4",
  mac: "00:1e:67:aa:bb:cc",
  serialNumber: "PF-12 34",
  release: "16.1.25",
  dnsSuffix: "Branch.example.com",
  facts: { "os.hostname": "desk-7" },
};
const nobody: Evidence = {
  uuid: null,
  address: null,
  mac: null,
  serialNumber: null,
  release: null,
  dnsSuffix: null,
  facts: {},
};

function aRule(change: Partial<Rule>): Rule {
  return { id: "r", name: "R", isOn: true, conditions: [], outcome: {}, webhook: null, ...change };
}

function anEntry(change: Partial<Entry>): Entry {
  const nothing = { uuid: null, mac: null, serialNumber: null, profile: null, hostName: null, domainName: null };
  return { id: 1, ...nothing, organizationalUnit: null, ...change };
}

const verdicts = [
  [{ on: "uuid", values: ["{4C4C4544-0042-3510-8053-B7C04F4A5931}"] }, "holds"],
  [{ on: "mac", values: ["001E.67AA.BBCC"] }, "holds"],
  [{ on: "mac", values: ["00-1e-67-aa-bb-cd"] }, "fails"],
  [{ on: "serial", values: ["x*", "pf-*4"] }, "holds"],
  [{ on: "serial", values: ["pf-?"] }, "fails"],
  [{ on: "subnet", values: ["10.2.0.0/16"] }, "holds"],
  [{ on: "subnet", values: ["10.3.0.0/16", "2001:db8::/32"] }, "fails"],
  [{ on: "dnsSuffix", values: ["example.com"] }, "holds"],
  [{ on: "dnsSuffix", values: ["ample.com"] }, "fails"],
  [{ on: "release", values: ["16"] }, "holds"],
  [{ on: "release", values: ["16.1"] }, "holds"],
  [{ on: "release", values: ["1"] }, "fails"],
  [{ on: "release", values: [">=16.1"] }, "holds"],
  [{ on: "release", values: ["<16.1"] }, "fails"],
  [{ on: "release", values: ["<17"] }, "holds"],
  [{ on: "fact", fact: "os.hostname", values: ["desk-*"] }, "holds"],
  [{ on: "fact", fact: "site", values: ["*"] }, "unknown"],
] as const satisfies readonly (readonly [Condition | { readonly values: readonly string[] }, string])[];

test("a condition holds, fails, or is unknown, and says what it found", () => {
  for (const [condition, verdict] of verdicts) {
    const one = { ...condition, values: [...condition.values] };
    assert.equal(problemWith(one), undefined, JSON.stringify(one));
    assert.equal(verdictOf(one, evidence).verdict, verdict, JSON.stringify(one));
    assert.equal(verdictOf(one, nobody).verdict, "unknown", "of whom nothing is known");
  }
});

test("an IPv6 subnet holds for an address in it, and an IPv4 address counts as itself when it came over IPv6", () => {
  const at = (address: string, subnet: string) =>
    verdictOf({ on: "subnet", values: [subnet] }, { ...evidence, address }).verdict;
  assert.equal(at("2001:db8:0:1::7", "2001:db8::/48"), "holds");
  assert.equal(at("2001:db9::7", "2001:db8::/48"), "fails");
  assert.equal(at("::ffff:10.2.3.4", "10.2.0.0/16"), "holds");
  assert.equal(at("no address", "10.2.0.0/16"), "fails");
});

test("conditions and outcomes that make no sense are named", () => {
  assert.match(problemWith({ on: "subnet", values: ["10.2.0.0"] }) ?? "", /10\.2\.0\.0/);
  assert.match(problemWith({ on: "release", values: ["new"] }) ?? "", /release/);
  assert.match(problemWith({ on: "fact", values: ["x"] }) ?? "", /which/);
  assert.match(problemWithRule(aRule({})) ?? "", /neither/);
  assert.match(problemWithRule(aRule({ outcome: { hostName: "a.b" } })) ?? "", /host name/);
  assert.match(problemWithRule(aRule({ outcome: { organizationalUnit: "Desks" } })) ?? "", /distinguished/);
  const webhook = { url: "https://me:secret@example.com/", timeoutSeconds: 1, onFailure: "fail" } as const;
  assert.match(problemWithRule(aRule({ webhook })) ?? "", /login/);
});

test("of each field the first that says something about it has its way", async () => {
  const rules = [
    aRule({
      id: "a",
      name: "A",
      conditions: [{ on: "subnet", values: ["10.2.0.0/16"] }],
      outcome: { profile: "Branch" },
    }),
    aRule({ id: "b", name: "B", isOn: false, outcome: { domainName: "off.example" } }),
    aRule({ id: "c", name: "C", outcome: { profile: "Other", hostName: "pc-{serial}" } }),
  ];
  const { given, considered } = await decide({ evidence, entries: [], rules });
  assert.deepEqual(given, {
    profile: { value: "Branch", from: "rule A" },
    hostName: { value: "pc-PF-1234", from: "rule C" },
  });
  assert.deepEqual(
    considered.map(({ name, verdict, gives }) => [name, verdict, gives]),
    [
      ["A", "matches", ["profile"]],
      ["B", "off", []],
      ["C", "matches", ["hostName"]],
    ],
  );
});

test("an entry goes before every rule, and is not the device's when one of its keys is another's", async () => {
  const rules = [aRule({ outcome: { hostName: "rule", profile: "Rule" } })];
  const mine = anEntry({ id: 7, uuid: evidence.uuid, hostName: "listed" });
  const bySerial = anEntry({ id: 3, serialNumber: "pf-12 34", hostName: "serial", domainName: "s.example" });
  const others = anEntry({ id: 8, mac: evidence.mac, uuid: "00000000-0000-4000-8000-000000000000", hostName: "other" });
  const { given, considered } = await decide({ evidence, entries: [others, bySerial, mine], rules });
  assert.deepEqual(given.hostName, { value: "listed", from: "entry 7" });
  assert.deepEqual(given.domainName, { value: "s.example", from: "entry 3" });
  assert.deepEqual(given.profile, { value: "Rule", from: "rule R" });
  assert.equal(considered.find(({ name }) => name === "8")?.verdict, "differs");
});

test("a host name that is made of what nobody knows is left to the next rule, and the trace says what is missing", async () => {
  const rules = [
    aRule({ id: "a", name: "A", outcome: { hostName: "{fact:asset}" } }),
    aRule({ id: "b", name: "B", outcome: { hostName: "pc-{uuid8}" } }),
  ];
  const { given, considered } = await decide({ evidence, entries: [], rules });
  assert.deepEqual(given.hostName, { value: "pc-4c4c4544", from: "rule B" });
  assert.deepEqual(considered[0]?.lacks, ["fact:asset"]);
});

test("a host name is cut and cleaned to one label of DNS", () => {
  const { name } = nameFrom("-{fact:n}-", { ...evidence, facts: { n: `Ä_${"x".repeat(100)}` } });
  assert.match(name, /^x+$/);
  assert.ok(name.length <= 63);
});

test("a webhook that fails ends the decision, or its rule is passed over, as the rule says", async () => {
  const ask = () => Promise.reject(new VigilError("test.down", { side: "network", title: "down", next: "wait" }));
  const webhook = { url: "http://127.0.0.1/", timeoutSeconds: 1 };
  const after = aRule({ id: "b", name: "B", outcome: { profile: "B" } });
  const strict = [aRule({ name: "A", outcome: { profile: "A" }, webhook: { ...webhook, onFailure: "fail" } }), after];
  const ended = await decide({ evidence, entries: [], rules: strict }, ask);
  assert.equal(ended.failure?.code, "test.down");
  assert.deepEqual(ended.given, {});
  const lenient = [aRule({ name: "A", outcome: { profile: "A" }, webhook: { ...webhook, onFailure: "next" } }), after];
  const passed = await decide({ evidence, entries: [], rules: lenient }, ask);
  assert.deepEqual(passed.given, { profile: { value: "B", from: "rule B" } });
  assert.equal(passed.considered[0]?.webhook?.error?.code, "test.down");
});

test("nobody is asked for what is given already, nor when nobody may be asked", async () => {
  let asked = 0;
  const ask = () => Promise.resolve((asked += 1) > 0 ? { profile: "Asked" } : {});
  const whole = { profile: "P", hostName: "h", domainName: "d.example", organizationalUnit: "OU=x" };
  const webhook = { url: "http://127.0.0.1/", timeoutSeconds: 1, onFailure: "fail" } as const;
  const rules = [aRule({ id: "a", name: "A", outcome: whole }), aRule({ id: "b", name: "B", webhook })];
  await decide({ evidence, entries: [], rules }, ask);
  await decide({ evidence, entries: [], rules: rules.slice(1) });
  assert.equal(asked, 0);
  const { given } = await decide({ evidence, entries: [], rules: rules.slice(1) }, ask);
  assert.deepEqual([asked, given.profile?.value], [1, "Asked"]);
});

// The plain evaluator: for each field, look through the rules from the top.
const anyCondition = fc.oneof(
  fc.record({
    on: fc.constant("serial" as const),
    values: fc.array(fc.constantFrom("a", "b", "a*"), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    on: fc.constant("subnet" as const),
    values: fc.array(fc.constantFrom("10.0.0.0/8", "10.1.0.0/16", "::/0"), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    on: fc.constant("release" as const),
    values: fc.array(fc.constantFrom("16", ">=15", "<12"), { minLength: 1, maxLength: 2 }),
  }),
);
const anyRule = fc.record({
  isOn: fc.boolean(),
  conditions: fc.array(anyCondition, { maxLength: 3 }),
  outcome: fc.record(
    {
      profile: fc.constantFrom("A", "B"),
      hostName: fc.constantFrom("h1", "h2"),
      domainName: fc.constantFrom("a.example", "b.example"),
    },
    { requiredKeys: [] },
  ),
});
const anyEvidence = fc.record({
  serialNumber: fc.constantFrom(null, "a", "b", "ab"),
  address: fc.constantFrom(null, "10.1.2.3", "10.2.2.3", "2001:db8::1"),
  release: fc.constantFrom(null, "11.8.55", "15.0.1", "16.1.25"),
});

test("the decision is the plain evaluator's for any rules and any device", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRule, { maxLength: 6 }), anyEvidence, async (drawn, known) => {
      const rules = drawn.map((one, index) => aRule({ ...one, id: String(index), name: String(index) }));
      const about = { ...nobody, ...known };
      const { given } = await decide({ evidence: about, entries: [], rules });
      for (const field of assignedFields) {
        const first = rules.find(
          (rule) =>
            rule.isOn && rule.outcome[field] !== undefined && rule.conditions.every((one) => plainly(one, about)),
        );
        assert.deepEqual(
          given[field],
          first === undefined ? undefined : { value: first.outcome[field], from: `rule ${first.name}` },
        );
      }
    }),
  );
});

function plainly({ on, values }: Condition, { serialNumber, address, release }: Evidence): boolean {
  return values.some((value) => {
    if (on === "serial") return serialNumber !== null && new RegExp(`^${value.replace("*", ".*")}$`).test(serialNumber);
    if (on === "subnet") {
      if (address === null) return false;
      if (value === "::/0") return address.includes(":");
      return value === "10.0.0.0/8" ? address.startsWith("10.") : address.startsWith("10.1.");
    }
    const major = Number(release?.split(".")[0]);
    return release !== null && (value === "16" ? major === 16 : value === ">=15" ? major >= 15 : major < 12);
  });
}

test("a pattern fits as the same pattern fits when it is written as a regular expression", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "*", "?", "."), maxLength: 8 });
  fc.assert(
    fc.property(text, text, (one, pattern) => {
      const expression = pattern
        .replaceAll(/[.]/g, String.raw`\.`)
        .replaceAll("*", "[^]*")
        .replaceAll("?", "[^]");
      assert.equal(fits(one, pattern), new RegExp(`^${expression}$`).test(one));
    }),
  );
});
