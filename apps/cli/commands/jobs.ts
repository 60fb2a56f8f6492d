import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { VigilError } from "@vigil/base/errors.ts";
import { stopInWords } from "@vigil/api/resources/job-definition.ts";
import { textOf } from "@vigil/api/resources/job-text.ts";
import type { CheckedJob, Job } from "@vigil/api/resources/jobs.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { printFacts, printJson, printTable } from "../output.ts";
import { targetFrom } from "../target-options.ts";
import { wholeNumber } from "../whole-number.ts";
import { reportRun } from "./power.ts";

interface JsonOption {
  readonly json?: true;
}

const examples = `
A job is kept as a file: take a ready one, change the file, check and store it.

  vigil job gallery "Patch window" > patch.yaml
  vigil job check -f patch.yaml
  vigil job apply -f patch.yaml --comment "one hour is enough"`;

/** `vigil job …`: what runs do, by name. */
export function addJobCommands(program: Command): void {
  const job = program.command("job").description("named jobs: what runs do").addHelpText("after", examples);
  const json = ["--json", "print JSON"] as const;
  const file = ["-f, --file <file>", "the job's file, YAML or JSON; - is the standard input"] as const;
  job
    .command("list")
    .description("list jobs")
    .option(...json)
    .action(list);
  job
    .command("show <name>")
    .description("one job, as a file for `apply`")
    .option("--version <version>", "an older version")
    .option(...json)
    .action(show);
  job
    .command("apply")
    .description("store a file as a new version; a job that is not there yet is made")
    .requiredOption(...file)
    .option("--comment <text>", "why")
    .option(...json)
    .action(apply);
  job
    .command("check")
    .description("what is wrong with a file, step by step; nothing is stored")
    .requiredOption(...file)
    .option(...json)
    .action(check);
  job
    .command("versions <name>")
    .description("all versions, newest first")
    .option(...json)
    .action(versions);
  job
    .command("roll-back <name>")
    .description("make an older version the newest again")
    .requiredOption("--to <version>", "which")
    .option("--comment <text>", "why")
    .option(...json)
    .action(rollBack);
  job
    .command("remove <name>")
    .description("remove a job; its runs stay")
    .option(...json)
    .action(remove);
  for (const [verb, about, action] of [
    ["run", "start a job on devices: by uuid, host name or address, or a collection", run],
    ["plan", "what a run of it would do, without asking any device", plan],
  ] as const) {
    const command = job
      .command(`${verb} <name>`)
      .description(about)
      .option("--collection <name>", "all devices of this collection")
      .option("--device <devices...>", "these devices: uuids, host names or addresses")
      .option("--filter <filter>", "devices for which it holds")
      .option("--version <version>", "an older version")
      .option(...json);
    if (verb === "run")
      command.option("--wait", "wait for every result").option("--reason <text>", "why, for the audit trail");
    command.action(action);
  }
  job
    .command("gallery [name]")
    .description("ready jobs and for how many devices each is fit; with a name, that one as a file")
    .option("--collection <name>", "count the devices of this collection")
    .option(...json)
    .action(gallery);
  job.command("schema").description("the JSON Schema of a job's file, for editors").action(schema);
}

async function list({ json }: JsonOption): Promise<void> {
  const { items } = await signedInClient().jobs.list();
  if (json === true) return printJson(items);
  printTable(
    ["NAME", "VERSION", "STEPS", "CHANGED", "BY", "DESCRIPTION"],
    items.map((one) => [
      one.name,
      one.version,
      one.definition.steps.length,
      one.changedAt,
      one.changedBy,
      one.definition.description ?? null,
    ]),
  );
}

async function show(name: string, { version, json }: JsonOption & { readonly version?: string }): Promise<void> {
  const client = signedInClient();
  const params = { name };
  if (version === undefined) {
    const job = await client.jobs.show({ params });
    return json === true ? printJson(job) : print(textOf(job.definition, name));
  }
  const wanted = wholeNumber(version, "--version");
  const { items } = await client.jobs.versions({ params });
  const found = items.find((one) => one.version === wanted);
  if (found === undefined) throw fail("cli.usage.wrong", { message: `${name} has no version ${wanted}` });
  if (json === true) printJson(found);
  else print(textOf(found.definition, name));
}

async function apply(options: JsonOption & { readonly file: string; readonly comment?: string }): Promise<void> {
  const client = signedInClient();
  const checked = await client.jobs.check({ body: { text: textIn(options.file) } });
  const { name, definition } = checked;
  if (definition === null) return refused(checked, options);
  if (name === null) throw fail("cli.usage.wrong", { message: `${options.file} does not say the job's name` });
  const comment = options.comment === undefined ? {} : { comment: options.comment };
  const known = await versionOf(name);
  const stored =
    known === undefined
      ? await client.jobs.create({ body: { name, definition, ...comment } })
      : await client.jobs.change({ params: { name }, body: { basedOn: known, definition, ...comment } });
  if (options.json === true) return printJson(stored);
  const words = stored.version === known ? "is as it was" : "is stored";
  process.stderr.write(`${name}: version ${stored.version} ${words}\n`);
}

/** The newest version of a job; undefined when there is none of that name. */
async function versionOf(name: string): Promise<number | undefined> {
  try {
    return (await signedInClient().jobs.show({ params: { name } })).version;
  } catch (error) {
    if (error instanceof VigilError && error.code === "jobs.unknown") return undefined;
    throw error;
  }
}

async function check(options: JsonOption & { readonly file: string }): Promise<void> {
  const checked = await signedInClient().jobs.check({ body: { text: textIn(options.file) } });
  if (checked.definition === null) return refused(checked, options);
  if (options.json === true) return printJson(checked);
  printFacts([
    ["job", checked.name],
    ["steps", checked.definition.steps.length],
    ["needs the rights", checked.permissions.join(", ") || null],
    ...(checked.missing.length === 0 ? [] : [["you lack", checked.missing.join(", ")] as const]),
    ["needs a reason", checked.needsReason ? "yes" : "no"],
  ]);
}

function refused(checked: CheckedJob, { json }: JsonOption): void {
  process.exitCode = 1;
  if (json === true) return printJson(checked);
  printTable(
    ["LINE", "STEP", "WHERE", "WHAT", "NEXT"],
    checked.problems.map((one) => [one.line, one.step, one.path, one.text, one.next]),
  );
}

async function versions(name: string, { json }: JsonOption): Promise<void> {
  const { items } = await signedInClient().jobs.versions({ params: { name } });
  if (json === true) return printJson(items);
  printTable(
    ["VERSION", "CHANGED", "BY", "COMMENT"],
    items.map((one) => [one.version, one.changedAt, one.changedBy, one.comment]),
  );
}

async function rollBack(name: string, options: JsonOption & { to: string; comment?: string }): Promise<void> {
  const comment = options.comment === undefined ? {} : { comment: options.comment };
  const body = { to: wholeNumber(options.to, "--to"), ...comment };
  printStored(await signedInClient().jobs.rollBack({ params: { name }, body }), options);
}

async function remove(name: string, { json }: JsonOption): Promise<void> {
  await signedInClient().jobs.remove({ params: { name } });
  if (json === true) printJson({ removed: name });
  else process.stderr.write(`Removed ${name}\n`);
}

interface RunOptions extends JsonOption {
  readonly collection?: string;
  readonly device?: readonly string[];
  readonly filter?: string;
  readonly version?: string;
  readonly reason?: string;
  readonly wait?: true;
}

function wantedBy(job: string, { collection, device, filter, version, reason }: RunOptions) {
  const message = "Name devices with --device, a collection with --collection, or give a filter with --filter";
  const target = targetFrom({ collection, devices: device, filter }, message);
  if (target === undefined) throw fail("cli.usage.wrong", { message });
  return {
    job,
    target,
    ...(version === undefined ? {} : { version: wholeNumber(version, "--version") }),
    ...(reason === undefined ? {} : { reason }),
  };
}

async function run(name: string, options: RunOptions): Promise<void> {
  const started = await signedInClient().runs.start({ body: wantedBy(name, options) });
  if (options.wait === true) return reportRun(started.id, options.json === true);
  if (options.json === true) return printJson({ run: started.id, total: started.total });
  process.stdout.write(`${started.id}\n`);
  const where = `${started.total} ${started.total === 1 ? "device" : "devices"}`;
  process.stderr.write(`${started.title}: started on ${where}. Follow it: vigil run show ${started.id} --wait\n`);
  if (started.state === "approval") {
    process.stderr.write(`It waits for a second person: vigil run approve ${started.id}\n`);
  }
}

async function plan(name: string, options: RunOptions): Promise<void> {
  const found = await signedInClient().runs.plan({ body: wantedBy(name, options) });
  if (options.json === true) return printJson(found);
  printFacts([
    ["devices", found.total],
    ["waves", found.waves.join(", ")],
    ["it pauses by itself", stopInWords(found.limits)],
    ["a second person is asked", found.needsApproval ? "yes" : "no"],
  ]);
  printTable(
    ["STEP", "WHEN", "WHAT EACH DEVICE IS ASKED"],
    found.steps.map((one) => [one.path, one.when, one.calls.join("; ") || null]),
  );
}

async function gallery(
  name: string | undefined,
  { collection, json }: JsonOption & { readonly collection?: string },
): Promise<void> {
  const query = collection === undefined ? {} : { collection };
  const { items } = await signedInClient().jobs.gallery({ query });
  if (name !== undefined) {
    const found = items.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (found === undefined) {
      const known = items.map((one) => one.name).join(", ");
      throw fail("cli.usage.wrong", { message: `The gallery has no job ${name}; it has ${known}` });
    }
    return json === true ? printJson(found) : print(textOf(found.definition, found.name));
  }
  if (json === true) return printJson(items);
  printTable(
    ["NAME", "WHAT MUST HOLD", "DEVICES", "OF"],
    items.flatMap((one) =>
      one.checks.map((each, index) => [index === 0 ? one.name : "", each.text, each.holds, each.total]),
    ),
  );
}

async function schema(): Promise<void> {
  printJson(await signedInClient().jobs.schema());
}

function printStored(job: Job, { json }: JsonOption): void {
  if (json === true) return printJson(job);
  process.stderr.write(`${job.name}: version ${job.version} is stored\n`);
}

function print(text: string): void {
  process.stdout.write(text);
}

function textIn(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (cause) {
    throw fail("cli.usage.wrong", { message: `${file} cannot be read`, cause });
  }
}
