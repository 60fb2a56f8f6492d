import type { Command } from "commander";
import { signedInClient } from "../account.ts";
import { printJson, printTable } from "../output.ts";
import { addDelayedCommands } from "./provisioning-delayed.ts";
import { addQueueCommands } from "./provisioning-queue.ts";
import { showProvisioning } from "./provisioning-show.ts";

interface ListOptions {
  readonly state?: "waiting" | "running" | "failed" | "done";
  readonly lane?: "fast" | "slow";
  readonly json?: true;
}

/** `vigil provisioning list|show|hold|resume`: devices on their way to being ours. */
export function addProvisioningCommands(program: Command): void {
  const provisioning = program
    .command("provisioning")
    .description("devices on their way from first sight to provisioned");
  provisioning
    .command("list")
    .description("who waits, in which lane, until when and why")
    .option("--state <state>", "waiting, running, failed or done")
    .option("--lane <lane>", "fast, or slow: what did not answer")
    .option("--json", "print JSON")
    .action(list);
  provisioning
    .command("show <device>")
    .description("how a device stands, why, what to do, and what its newest attempt did")
    .option("--follow", "step by step, until it is provisioned or has failed")
    .option("--json", "print JSON")
    .action(showProvisioning);
  provisioning
    .command("hold")
    .description("begin no more devices; those under way end as they will")
    .option("--json", "print JSON")
    .action((options: ListOptions) => hold(true, options));
  provisioning
    .command("resume")
    .description("go on after a hold")
    .option("--json", "print JSON")
    .action((options: ListOptions) => hold(false, options));
  addQueueCommands(provisioning);
  addDelayedCommands(provisioning);
}

async function list({ state, lane, json }: ListOptions): Promise<void> {
  const query = { limit: 1_000, ...(state === undefined ? {} : { state }), ...(lane === undefined ? {} : { lane }) };
  const answer = await signedInClient().provisioning.list({ query });
  if (json === true) return printJson(answer);
  printTable(
    ["UUID", "ADDRESS", "STATE", "LANE", "SITE", "STEP", "TRIES", "WAITS FOR", "NEXT TRY", "WHY"],
    answer.items.map((one) => [
      one.uuid,
      one.address,
      one.state,
      one.lane,
      one.site,
      one.step,
      one.attempts,
      one.waitsFor,
      one.nextTryAt,
      one.error === null ? null : `${one.error.code}: ${one.error.message}`,
    ]),
  );
  const { waiting, running, failed, done } = answer.counts;
  const drained = `${running} of ${answer.runningAtHold ?? running} are still under way`;
  const held = answer.isHeld ? ` The queue is held, ${drained}: vigil provisioning resume lets it go on.` : "";
  process.stderr.write(`${waiting} waiting, ${running} running, ${failed} failed, ${done} done.${held}\n`);
}

async function hold(isHeld: boolean, { json }: ListOptions): Promise<void> {
  const answer = await signedInClient().provisioning.hold({ body: { isHeld } });
  if (json === true) return printJson(answer);
  process.stderr.write(`${isHeld ? "Held" : "Going on"}: ${answer.running} devices are under way\n`);
}
