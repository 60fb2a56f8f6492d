import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { stopInWords } from "@vigil/api/resources/job-definition.ts";
import type { Run } from "@vigil/api/resources/runs.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { ageOf, printFacts, printJson, printTable } from "../output.ts";
import { choicesIn, operationNamed } from "../operation-options.ts";
import { idOf } from "./devices.ts";
import { reportRun, startJob, type JobOptions } from "./power.ts";

interface Options {
  readonly json?: true;
}

const exitCodes = `
Exit codes with --wait:
  0    every device succeeded
  1    the run has ended, and a device failed, is unknown or was cancelled
  130  interrupted; the run goes on
A run that is paused or waits for a second person is waited for; stderr says so.`;

/** `vigil run start|list|show|results|trail|pause|resume|cancel|approve|retry|export`. */
export function addRunCommands(program: Command): void {
  const run = program.command("run").description("runs of operations and jobs");
  const verb = (usage: string, description: string): Command =>
    run.command(usage).description(description).option("--json", "print JSON");
  verb("start <operation> [devices...]", "start an operation on devices: by uuid, host name or address")
    .option("--collection <name>", "all devices of this collection")
    .option("--image <name>", "the library's image, for boot.image")
    .option("--with <choices...>", "the operation's choices, each as name=value")
    .option("--reason <text>", "why, for the audit trail")
    .option("--wait", "wait for every result")
    .action(start);
  verb("list", "list runs, newest first").action(list);
  verb("show <run>", "show one run")
    .option("--wait", "wait for its end and print every result; says when the run stands, why, and what lets it go on")
    .addHelpText("after", exitCodes)
    .action(show);
  verb("results <run>", "what became of each device, failures first")
    .option("--outcome <outcome>", "waiting, running, succeeded, failed, unknown or cancelled")
    .action(results);
  verb("trail <run> <device>", "what a run did to one device, step by step: by uuid, host name or address").action(
    trail,
  );
  verb("pause <run>", "hold a run: steps under way end, nothing new begins").action(changing("pause"));
  verb("resume <run>", "let a paused run go on").action(changing("resume"));
  verb(
    "cancel <run>",
    "stop a run: devices not yet asked are left alone, and machines get back the power that they had",
  )
    .option("--leave-power", "leave machines as they are, even where the job puts their power back")
    .action(cancel);
  verb("approve <run>", "let a run go on that asks for a second person").action(changing("approve"));
  verb("retry <run>", "start the same again where it failed")
    .option("--outcome <outcome>", "failed, unknown or cancelled", "failed")
    .action(retry);
  run
    .command("export <run> <file>")
    .description("write all results into a file, as comma-separated values")
    .action(exportTo);
}

function start(
  operation: string,
  devices: readonly string[],
  options: JobOptions & { readonly image?: string; readonly with?: readonly string[] },
): Promise<void> {
  const { image, with: choices = [] } = options;
  const parameters = { ...choicesIn(choices), ...(image === undefined ? {} : { image }) };
  return startJob(operationNamed(operation), devices, options, parameters);
}

async function list(options: Options): Promise<void> {
  const { items } = await signedInClient().runs.list();
  if (options.json === true) return printJson(items);
  const now = systemClock().now();
  printTable(
    ["RUN", "TITLE", "TARGET", "STATE", "SUCCEEDED", "FAILED", "TOTAL", "STARTED"],
    items.map((one) => [
      one.id,
      one.title,
      one.target,
      one.state,
      one.counts.succeeded,
      one.counts.failed + one.counts.unknown,
      one.total,
      ageOf(one.createdAt, now),
    ]),
  );
}

async function show(id: string, options: Options & { readonly wait?: true }): Promise<void> {
  if (options.wait === true) return reportRun(id, options.json === true);
  const run = await signedInClient().runs.show({ params: { id } });
  if (options.json === true) return printJson(run);
  printFacts([
    ["run", run.id],
    ["title", run.title],
    ["target", run.target],
    ["state", run.state],
    ...(run.pausedBecause === null ? [] : [["because", run.pausedBecause] as const]),
    ...(run.approval === null ? [] : [["asks", run.approval.asked] as const]),
    ...(run.waves.length < 2 ? [] : [["wave", `${run.wave} of ${run.waves.length}`] as const]),
    ["pauses by itself", stopInWords(run.limits)],
    ["started by", run.startedBy],
    ["total", run.total],
    ...Object.entries(run.counts),
    ...(run.putBack === null ? [] : [["power put back", putBackWords(run.putBack)] as const]),
    ...(run.leavesPower ? [["machines", "stay as they are"] as const] : []),
    ...(run.secondsLeft === null ? [] : [["seconds left", run.secondsLeft] as const]),
  ]);
}

function putBackWords({ succeeded, failed, unknown }: NonNullable<Run["putBack"]>): string {
  return `${succeeded}${failed + unknown === 0 ? "" : `, failed or unknown on ${failed + unknown}`}`;
}

const outcomes = ["waiting", "running", "succeeded", "failed", "unknown", "cancelled"] as const;
const retried = ["failed", "unknown", "cancelled"] as const;

async function results(id: string, options: Options & { readonly outcome?: string }): Promise<void> {
  const outcome = options.outcome === undefined ? undefined : oneOf(outcomes, options.outcome);
  const query = { limit: 20_000, ...(outcome === undefined ? {} : { outcome }) };
  const { items } = await signedInClient().runs.results({ params: { id }, query });
  if (options.json === true) return printJson(items);
  printTable(
    ["HOST NAME", "ADDRESS", "OUTCOME", "STEP", "ANSWER"],
    items.map((one) => [one.hostName, one.address, one.outcome, one.step, saidIn(one)]),
  );
}

async function trail(id: string, device: string, options: Options): Promise<void> {
  const client = signedInClient();
  const answer = await client.runs.trail({ params: { id, device: await idOf(client, device) } });
  if (options.json === true) return printJson(answer);
  printTable(
    ["STEP", "TRY", "OUTCOME", "STARTED", "ANSWER"],
    answer.items.map((one) => [one.path, one.attempt, one.outcome, one.startedAt, saidIn(one)]),
  );
}

function changing(change: "pause" | "resume" | "approve"): (id: string, options: Options) => Promise<void> {
  return async (id, options) => said(await signedInClient().runs[change]({ params: { id } }), options);
}

async function cancel(id: string, options: Options & { readonly leavePower?: true }): Promise<void> {
  const query = options.leavePower === true ? { power: "leave" as const } : {};
  const run = await signedInClient().runs.cancel({ params: { id }, query });
  if (options.json === true) return printJson(run);
  process.stderr.write(`${run.title}: ${run.counts.cancelled} devices are left alone\n`);
  const { running } = run.counts;
  if (running === 0) return;
  const back = run.leavesPower ? "" : ", or get back the power that they had";
  process.stderr.write(`${running} still finish the step that they are at${back}: vigil run show ${run.id} --wait\n`);
}

async function retry(id: string, options: Options & { readonly outcome: string }): Promise<void> {
  const query = { outcome: oneOf(retried, options.outcome) };
  const run = await signedInClient().runs.retry({ params: { id }, query });
  if (options.json === true) return printJson({ run: run.id, total: run.total });
  process.stdout.write(`${run.id}\n`);
  process.stderr.write(`${run.title}: started on ${run.total} devices. Follow it: vigil run show ${run.id} --wait\n`);
}

async function exportTo(id: string, file: string): Promise<void> {
  const { csv } = await signedInClient().runs.export({ params: { id } });
  writeFileSync(file, csv, { mode: 0o600 });
  process.stderr.write(`${file}: ${csv.split("\r\n").length - 2} results\n`);
}

function said(run: Run, options: Options): void {
  if (options.json === true) return printJson(run);
  process.stderr.write(`${run.title}: ${run.state}\n`);
}

function saidIn(one: {
  readonly answer: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}) {
  return one.error === null ? one.answer : `${one.error.code}: ${one.error.message}`;
}

function oneOf<T extends string>(all: readonly T[], given: string): T {
  const found = all.find((one) => one === given);
  if (found === undefined) throw fail("cli.usage.wrong", { message: `--outcome is one of ${all.join(", ")}` });
  return found;
}
