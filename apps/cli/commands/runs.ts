import type { Command } from "commander";
import { systemClock } from "@vigil/base/clock.ts";
import { signedInClient } from "../account.ts";
import { ageOf, printFacts, printJson, printTable } from "../output.ts";
import { reportRun } from "./power.ts";

/** `vigil run list|show|cancel`. */
export function addRunCommands(program: Command): void {
  const run = program.command("run").description("runs of jobs");
  run.command("list").description("list runs, newest first").option("--json", "print JSON").action(list);
  run
    .command("show <run>")
    .description("show one run")
    .option("--wait", "wait for its end and print every result")
    .option("--json", "print JSON")
    .action(show);
  run
    .command("cancel <run>")
    .description("stop a run: devices not yet asked are left alone")
    .option("--json", "print JSON")
    .action(cancel);
}

async function list(options: { readonly json?: true }): Promise<void> {
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

async function show(id: string, options: { readonly wait?: true; readonly json?: true }): Promise<void> {
  if (options.wait === true) return reportRun(id, options.json === true);
  const run = await signedInClient().runs.show({ params: { id } });
  if (options.json === true) return printJson(run);
  printFacts([
    ["run", run.id],
    ["title", run.title],
    ["target", run.target],
    ["state", run.state],
    ["started by", run.startedBy],
    ["total", run.total],
    ...Object.entries(run.counts),
  ]);
}

async function cancel(id: string, options: { readonly json?: true }): Promise<void> {
  const run = await signedInClient().runs.cancel({ params: { id } });
  if (options.json === true) return printJson(run);
  process.stderr.write(`${run.title}: ${run.counts.cancelled} devices are left alone\n`);
}
