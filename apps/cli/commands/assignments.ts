import { readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { Api } from "@vigil/api/api.ts";
import type {
  AssignmentRule,
  Condition,
  Explanation,
  ImportReport,
  WantedRule,
} from "@vigil/api/resources/assignments.ts";
import type { Request } from "@vigil/api/route.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { printFacts, printJson, printTable } from "../output.ts";
import { askSecret } from "../secret.ts";
import { idOf } from "./devices.ts";

interface Json {
  readonly json?: true;
}

type Body = NonNullable<Request<Api["assignments"]["explain"]>["body"]>;
type MadeUp = NonNullable<Body["evidence"]>;

/** `vigil assignment rules|store|secret|entries|import|export|remove|explain|show|decide|release|facts`. */
export function addAssignmentCommands(program: Command): void {
  const assignment = program
    .command("assignment")
    .description("which host name, organizational unit and profile devices get, and why");
  addRuleCommands(assignment);
  addEntryCommands(assignment);
  assignment
    .command("explain [device]")
    .description(
      "what a device would get now, and why; without one, a made-up device. Exit code 1 when it could not get it",
    )
    .option("--address <address>", "take it to be at this address")
    .option("--mac <mac>", "take it to have this MAC address")
    .option("--serial <number>", "take it to have this serial number")
    .option("--release <release>", "take it to have this release, e.g. 16.1.25")
    .option("--suffix <domain>", "take it to have this DNS suffix")
    .option("--fact <key=value...>", "take this as told from inside the machine")
    .option("--json", "print JSON")
    .action(explain);
  assignment
    .command("show <device>")
    .description("what was decided for a device and why, and the names that it has had")
    .option("--json", "print JSON")
    .action(show);
  assignment
    .command("decide <devices...>")
    .description("decide anew; a new name is written to the device, with a certificate for it")
    .option("--json", "print JSON")
    .action(decide);
  assignment
    .command("release <device>")
    .description("take back what was decided for a device that is gone: its name is free")
    .option("--json", "print JSON")
    .action(release);
  assignment
    .command("facts <device> <facts...>")
    .description("tell facts as KEY=VALUE; KEY= takes one back")
    .option("--json", "print JSON")
    .action(facts);
}

function addRuleCommands(assignment: Command): void {
  assignment
    .command("rules")
    .description("the rules, in the order in which they are asked")
    .option("--json", "print JSON, as `store` takes it")
    .action(rules);
  assignment
    .command("store <file>")
    .description("store the whole list of rules from JSON, as `rules --json` prints it; - reads standard input")
    .option("--json", "print JSON")
    .action(store);
  assignment
    .command("secret <rule>")
    .description(
      "set the secret with which a rule's webhook is signed; it comes from VIGIL_WEBHOOK_SECRET or the terminal",
    )
    .option("--json", "print JSON")
    .action(secret);
}

function addEntryCommands(assignment: Command): void {
  assignment
    .command("entries")
    .description("imported entries")
    .option("--search <text>", "part of anything in them")
    .option("--json", "print JSON")
    .action(entries);
  assignment
    .command("import <file>")
    .description(
      "take a list as comma-separated values, all or nothing; exit code 1 when a line is wrong; - reads standard input",
    )
    .option("--dry-run", "only say what it would do")
    .option("--replace", "in place of all entries, not beside them")
    .option("--json", "print JSON")
    .addHelpText("after", "\nColumns: UUID, MAC, Serial, Host name, DNS suffix, OU, Profile")
    .action(importList);
  assignment
    .command("export")
    .description("print all entries as comma-separated values")
    .option("--out <file>", "write them there")
    .action(exportList);
  assignment
    .command("remove <entry>")
    .description("remove one entry, by its number")
    .option("--json", "print JSON")
    .action(remove);
}

async function rules({ json }: Json): Promise<void> {
  const list = await signedInClient().assignments.rules();
  if (json === true) return printJson(list);
  printTable(
    ["#", "NAME", "WHEN", "GIVES", "ASKS"],
    list.rules.map((rule, index) => [
      index + 1,
      rule.isOn ? rule.name : `${rule.name} (off)`,
      whenOf(rule),
      givesOf(rule),
      asksOf(rule),
    ]),
  );
  process.stderr.write(
    list.version === 0 ? "No rules yet\n" : `Version ${list.version}, by ${list.changedBy}, ${list.changedAt}\n`,
  );
}

async function store(file: string, { json }: Json): Promise<void> {
  const { version: basedOn, rules: read } = listIn(file);
  const wanted = read.map(({ id, name, isOn, conditions, outcome, webhook }) => ({
    ...(id === undefined ? {} : { id }),
    name,
    isOn,
    conditions,
    outcome,
    webhook,
  }));
  const list = await signedInClient().assignments.change({ body: { basedOn, rules: wanted } });
  if (json === true) return printJson(list);
  process.stderr.write(`Stored ${list.rules.length} rules as version ${list.version}\n`);
}

/** The server checks the rest. @throws cli.usage.wrong (caller) */
function listIn(file: string): { readonly version: number; readonly rules: readonly WantedRule[] } {
  const hint = `${file} is no list of rules: { "version": N, "rules": [ … ] }, as vigil assignment rules --json prints it`;
  try {
    const list: unknown = JSON.parse(textOf(file));
    if (
      typeof list === "object" &&
      list !== null &&
      "version" in list &&
      "rules" in list &&
      Array.isArray(list.rules)
    ) {
      // Border: the server checks each rule against the declaration.
      return list as { version: number; rules: WantedRule[] };
    }
  } catch (cause) {
    throw fail("cli.usage.wrong", { message: hint, cause });
  }
  throw fail("cli.usage.wrong", { message: hint });
}

async function secret(name: string, { json }: Json): Promise<void> {
  const client = signedInClient();
  const { rules: all } = await client.assignments.rules();
  const rule = all.find((one) => one.id === name || one.name === name);
  if (rule === undefined) throw fail("cli.usage.wrong", { message: `No rule is called ${name}` });
  const value = await askSecret("VIGIL_WEBHOOK_SECRET", "Secret");
  const list = await client.assignments.setSecret({ params: { id: rule.id }, body: { value } });
  if (json === true) return printJson(list);
  process.stderr.write(`Set the secret of ${rule.name}\n`);
}

async function entries({ search, json }: Json & { readonly search?: string }): Promise<void> {
  const query = { limit: 1_000, ...(search === undefined ? {} : { search }) };
  const { items, total } = await signedInClient().assignments.entries({ query });
  if (json === true) return printJson({ items, total });
  printTable(
    ["#", "UUID", "MAC", "SERIAL", "HOST NAME", "DNS SUFFIX", "OU", "PROFILE"],
    items.map((one) => [
      one.id,
      one.uuid,
      one.mac,
      one.serialNumber,
      one.hostName,
      one.domainName,
      one.organizationalUnit,
      one.profile,
    ]),
  );
  if (total > items.length)
    process.stderr.write(`The first ${items.length} of ${total}; vigil assignment export has them all\n`);
}

async function importList(
  file: string,
  { dryRun, replace, json }: Json & { readonly dryRun?: true; readonly replace?: true },
): Promise<void> {
  const mode = replace === true ? "replace" : "merge";
  const body = { csv: textOf(file), mode, isDryRun: dryRun === true } as const;
  const report = await signedInClient().assignments.importEntries({ body });
  if (report.problemCount > 0) process.exitCode = 1;
  if (json === true) return printJson(report);
  for (const { line, column, found, problem, next } of report.problems) {
    const where = `line ${line}${column === null ? "" : `, ${column}`}`;
    process.stdout.write(`${where}: ${problem}${found === "" ? "" : `: ${found}`}\n  ${next}\n`);
  }
  process.stderr.write(`${wordsOf(report)}\n`);
}

function wordsOf({ isStored, rows, added, changed, unchanged, removed, problems, problemCount }: ImportReport): string {
  if (problemCount > 0) {
    const more = problemCount > problems.length ? ` The first ${problems.length} are shown.` : "";
    return `Nothing was imported: ${problemCount} problems.${more}`;
  }
  const counts = `${added} new, ${changed} changed, ${unchanged} as they were, ${removed} removed`;
  return isStored ? `Imported ${rows} lines: ${counts}` : `Would import ${rows} lines: ${counts}`;
}

async function exportList({ out }: { readonly out?: string }): Promise<void> {
  const { csv } = await signedInClient().assignments.exportEntries();
  if (out === undefined) process.stdout.write(csv);
  else writeFileSync(out, csv);
}

async function remove(entry: string, { json }: Json): Promise<void> {
  const id = Number(entry);
  if (!Number.isInteger(id) || id < 1) throw fail("cli.usage.wrong", { message: `${entry} is no entry's number` });
  await signedInClient().assignments.removeEntry({ params: { id } });
  if (json === true) return printJson({ removed: id });
  process.stderr.write(`Removed entry ${id}\n`);
}

async function explain(
  device: string | undefined,
  options: Json & {
    readonly address?: string;
    readonly mac?: string;
    readonly serial?: string;
    readonly release?: string;
    readonly suffix?: string;
    readonly fact?: readonly string[];
  },
): Promise<void> {
  const client = signedInClient();
  const told = pairsIn(options.fact ?? []);
  const evidence: MadeUp = {
    ...(options.address === undefined ? {} : { address: options.address }),
    ...(options.mac === undefined ? {} : { mac: options.mac }),
    ...(options.serial === undefined ? {} : { serialNumber: options.serial }),
    ...(options.release === undefined ? {} : { release: options.release }),
    ...(options.suffix === undefined ? {} : { dnsSuffix: options.suffix }),
    ...(told.length === 0 ? {} : { facts: Object.fromEntries(told) }),
  };
  const which = device === undefined ? {} : { device: await idOf(client, device) };
  const explanation = await client.assignments.explain({ body: { ...which, evidence } });
  if (explanation.problem !== null) process.exitCode = 1;
  if (options.json === true) return printJson(explanation);
  printExplanation(explanation);
}

async function show(name: string, { json }: Json): Promise<void> {
  const client = signedInClient();
  const assignment = await client.assignments.show({ params: { id: await idOf(client, name) } });
  if (json === true) return printJson(assignment);
  for (const { hostName, domainName, since, until, writtenAt } of assignment.hostNames) {
    const written = writtenAt === null ? "not written" : "written";
    process.stdout.write(
      `${hostName}.${domainName}  since ${since}${until === null ? "" : ` until ${until}`}, ${written}\n`,
    );
  }
  const told = Object.entries(assignment.facts);
  if (told.length > 0) printFacts(told);
  if (assignment.decision === null) process.stdout.write("Nothing was decided yet\n");
  else printExplanation(assignment.decision);
}

async function decide(names: readonly string[], { json }: Json): Promise<void> {
  const client = signedInClient();
  const decided: object[] = [];
  for (const name of names) {
    const assignment = await client.assignments.decide({ params: { id: await idOf(client, name) } });
    decided.push(assignment);
    if (json !== true && assignment.decision !== null) printOutcome(assignment.decision);
  }
  if (json === true) printJson(decided);
}

async function release(name: string, { json }: Json): Promise<void> {
  const client = signedInClient();
  const id = await idOf(client, name);
  await client.assignments.release({ params: { id } });
  if (json === true) return printJson({ released: id });
  process.stderr.write("Its name is free\n");
}

async function facts(name: string, pairs: readonly string[], { json }: Json): Promise<void> {
  const client = signedInClient();
  const told = Object.fromEntries(pairsIn(pairs).map(([key, value]) => [key, value === "" ? null : value]));
  const answer = await client.assignments.setFacts({ params: { id: await idOf(client, name) }, body: { facts: told } });
  if (json === true) return printJson(answer);
  printFacts(Object.entries(answer.facts));
}

function printExplanation(explanation: Explanation): void {
  printOutcome(explanation);
  for (const { source, name, verdict, conditions, webhook, lacks, gives } of explanation.considered) {
    const taken = gives.length === 0 ? "" : `, gives ${gives.join(", ")}`;
    process.stdout.write(`\n${source} ${name}: ${verdict}${taken}\n`);
    for (const one of conditions) {
      const what = one.fact === null ? one.on : `fact ${one.fact}`;
      process.stdout.write(`  ${one.verdict.padEnd(7)}  ${what}: ${one.found ?? "not known"}; wanted: ${one.wanted}\n`);
    }
    if (lacks.length > 0) process.stdout.write(`  no host name: nothing is known of ${lacks.join(", ")}\n`);
    if (webhook !== null)
      process.stdout.write(
        `  ${webhook.result}: ${webhook.url}${webhook.error === null ? "" : `: ${webhook.error.code}`}\n`,
      );
  }
}

function printOutcome({ outcome, problem }: Explanation): void {
  const line = ({ value, from }: { readonly value: string; readonly from: string }): string =>
    `${value || "-"}  (${from})`;
  printFacts([
    ["host name", line(outcome.hostName)],
    ["domain", line(outcome.domainName)],
    ["unit", line(outcome.organizationalUnit)],
    ["profile", line(outcome.profile)],
  ]);
  if (problem !== null)
    process.stdout.write(`\n${problem.message}\n${problem.next}\n${problem.code} (${problem.side})\n`);
}

function whenOf({ conditions }: AssignmentRule): string {
  if (conditions.length === 0) return "always";
  return conditions.map(shortly).join(" and ");
}

function shortly({ on, fact, values }: Condition): string {
  const [first = "", ...others] = values;
  return `${fact ?? on} ${first}${others.length === 0 ? "" : ` (or ${others.length} more)`}`;
}

function givesOf({ outcome }: AssignmentRule): string {
  return (
    Object.entries(outcome)
      .map(([field, value]) => `${field} ${value}`)
      .join(", ") || "-"
  );
}

function asksOf({ webhook, hasSecret }: AssignmentRule): string {
  return webhook === null ? "-" : `${webhook.url}, secret ${hasSecret ? "set" : "missing"}`;
}

/** @throws cli.usage.wrong (caller) */
function pairsIn(texts: readonly string[]): (readonly [string, string])[] {
  return texts.map((text) => {
    const at = text.indexOf("=");
    if (at < 1) throw fail("cli.usage.wrong", { message: `A fact is KEY=VALUE, not ${text}` });
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
}

/** @throws cli.usage.wrong (caller) */
function textOf(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (cause) {
    throw fail("cli.usage.wrong", { message: `Cannot read ${file}`, cause });
  }
}
