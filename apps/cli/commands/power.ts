import type { Command } from "commander";
import type { Outcome, Run, RunResult } from "@vigil/api/resources/runs.ts";
import type { OperationName, Parameters } from "@vigil/api/operations.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { followRun, resultsOf } from "../follow.ts";
import { printJson, printTable } from "../output.ts";

/** How a job is started and followed. */
export interface JobOptions {
  readonly collection?: string;
  readonly wait?: true;
  readonly reason?: string;
  readonly json?: true;
}

const verbs = [
  ["state", "power.state", "ask devices whether they are on"],
  ["on", "power.on", "switch devices on"],
  ["off", "power.off", "switch devices off at once"],
  ["cycle", "power.cycle", "switch devices off and on again"],
  ["reset", "power.reset", "restart devices at once"],
] as const satisfies readonly (readonly [string, OperationName, string])[];

/** `vigil power state|on|off|cycle|reset`. */
export function addPowerCommands(program: Command): void {
  const power = program.command("power").description("the power of many devices, as a job");
  for (const [verb, operation, description] of verbs) {
    power
      .command(`${verb} [devices...]`)
      .description(`${description}: by uuid, host name or address`)
      .option("--collection <name>", "all devices of this collection")
      .option("--wait", "wait for every result")
      .option("--reason <text>", "why, for the audit trail")
      .option("--json", "print JSON")
      .action((devices: string[], options: JobOptions) => startJob(operation, devices, options));
  }
}

/** Starts one operation on many devices, and waits for the results when told to. */
export async function startJob(
  operation: OperationName,
  devices: readonly string[],
  options: JobOptions,
  parameters: Parameters = {},
): Promise<void> {
  const { collection, reason } = options;
  if (devices.length > 0 === (collection !== undefined)) {
    throw fail("cli.usage.wrong", { message: "Name devices, or a collection with --collection, and not both" });
  }
  const client = signedInClient();
  const run = await client.runs.start({
    body: {
      operation,
      target: collection === undefined ? { devices: [...devices] } : { collection },
      parameters,
      ...(reason === undefined ? {} : { reason }),
    },
  });
  if (options.wait !== true) {
    if (options.json === true) return printJson({ run: run.id, total: run.total });
    process.stdout.write(`${run.id}\n`);
    process.stderr.write(`${run.title}: started on ${run.total} devices. Follow it: vigil run show ${run.id} --wait\n`);
    return;
  }
  await reportRun(run.id, options.json === true);
}

/** Waits for a run and prints its results. Interrupted, it leaves the run alone and says so. */
export async function reportRun(id: string, isJson: boolean): Promise<void> {
  const client = signedInClient();
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  try {
    const run = await followRun(client, id, stop.signal);
    const results = await resultsOf(client, id, stop.signal);
    if (isJson) printJson(answerOf(run, results));
    else printRun(run, results);
    process.exitCode = run.counts.succeeded === run.total ? 0 : 1;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.stderr.write(`The run goes on. Follow it: vigil run show ${id} --wait; stop it: vigil run cancel ${id}\n`);
    // 128 and the signal's number, as shells have it.
    process.exitCode = 130;
  }
}

interface Answer {
  readonly run: string;
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly unknown: number;
  readonly cancelled: number;
  readonly results: readonly { uuid: string; outcome: Outcome; answer: string | null; error: RunResult["error"] }[];
}

function answerOf(run: Run, results: readonly RunResult[]): Answer {
  const { succeeded, failed, unknown, cancelled } = run.counts;
  return {
    run: run.id,
    total: run.total,
    succeeded,
    failed,
    unknown,
    cancelled,
    results: results.map(({ uuid, outcome, answer, error }) => ({ uuid, outcome, answer, error })),
  };
}

function printRun(run: Run, results: readonly RunResult[]): void {
  const bad = results.filter((one) => one.outcome !== "succeeded");
  const shown = run.operation === "power.state" ? results : bad;
  if (shown.length > 0) {
    printTable(
      ["HOST NAME", "ADDRESS", "OUTCOME", "ANSWER"],
      shown.map((one) => [
        one.hostName,
        one.address,
        one.outcome,
        one.error === null ? one.answer : `${one.error.code}: ${one.error.message}. ${one.error.next}`,
      ]),
    );
  }
  const { succeeded, failed, unknown, cancelled } = run.counts;
  const rest = [
    failed > 0 ? `${failed} failed` : "",
    unknown > 0 ? `${unknown} unknown` : "",
    cancelled > 0 ? `${cancelled} cancelled` : "",
  ].filter((part) => part !== "");
  process.stderr.write(`${run.title}: ${[`${succeeded} of ${run.total} succeeded`, ...rest].join(", ")}\n`);
}
