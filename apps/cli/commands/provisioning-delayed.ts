import type { Command } from "commander";
import type { Delayed } from "@vigil/api/resources/provisioning.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { printFacts, printJson, printTable } from "../output.ts";

interface JsonOption {
  readonly json?: true;
}

interface OnOptions extends JsonOption {
  readonly every?: string;
  readonly replaceOneTimePassword?: true;
  readonly switchToAmt?: true;
}

/** `vigil provisioning delayed show|on|off|run|ignore|count`: devices that are not provisioned are tried again day by day. */
export function addDelayedCommands(provisioning: Command): void {
  const delayed = provisioning.command("delayed").description("try devices that are not provisioned again, day by day");
  delayed
    .command("show")
    .description("the policy, its target, its last round, and checks that are ignored")
    .option("--json", "print JSON")
    .action(async ({ json }: JsonOption) => print(await signedInClient().provisioning.delayed(), json));
  delayed
    .command("on")
    .description("look once a day where such devices are known, and begin again with those that answer")
    .option("--every <hours>", "instead of 24")
    .option("--replace-one-time-password", "take a machine whose one-time password is not the one that was sent")
    .option("--switch-to-amt", "try boards that stand on ASF, too")
    .option("--json", "print JSON")
    .action(on);
  delayed.command("off").description("try none again by itself").option("--json", "print JSON").action(off);
  delayed
    .command("run")
    .description("look now")
    .option("--json", "print JSON")
    .action(async ({ json }: JsonOption) => print(await signedInClient().provisioning.runDelayed(), json));
  delayed
    .command("ignore <check>")
    .description("leave a check out for a while: dns, one-time-password")
    .requiredOption("--until <date>", "e.g. 2026-03-01")
    .requiredOption("--reason <text>", "it is written into the audit trail")
    .option("--json", "print JSON")
    .action(ignore);
  delayed
    .command("count <id>")
    .description("let a check count again before its time")
    .option("--json", "print JSON")
    .action(async (id: string, { json }: JsonOption) => {
      print(await signedInClient().provisioning.endIgnoring({ params: { id: Number(id) } }), json);
    });
}

async function on({ every, replaceOneTimePassword, switchToAmt, json }: OnOptions): Promise<void> {
  if (every !== undefined && !/^\d{1,3}$/.test(every)) {
    throw fail("cli.usage.wrong", { message: `${every} is no whole number of hours.` });
  }
  const body = {
    isOn: true,
    ...(every === undefined ? {} : { everyHours: Number(every) }),
    replacesOneTimePassword: replaceOneTimePassword === true,
    switchesToAmt: switchToAmt === true,
  };
  print(await signedInClient().provisioning.changeDelayed({ body }), json);
}

async function off({ json }: JsonOption): Promise<void> {
  print(await signedInClient().provisioning.changeDelayed({ body: { isOn: false } }), json);
}

async function ignore(
  check: string,
  { until, reason, json }: JsonOption & { readonly until: string; readonly reason: string },
): Promise<void> {
  if (check !== "dns" && check !== "one-time-password") {
    throw fail("cli.usage.wrong", { message: `${check} can't be ignored; dns and one-time-password can.` });
  }
  const end = new Date(until);
  if (Number.isNaN(end.getTime())) throw fail("cli.usage.wrong", { message: `${until} is no date.` });
  const body = { check, reason, endsAt: end.toISOString() } as const;
  print(await signedInClient().provisioning.ignoreCheck({ body }), json);
}

function print(delayed: Delayed, json: true | undefined): void {
  if (json === true) return printJson(delayed);
  const { policy, targets, lastRoundAt, lastRound, ignored } = delayed;
  printFacts([
    ["delayed provisioning", policy.isOn ? `every ${policy.everyHours} h` : "off"],
    ["replaces one-time passwords", policy.replacesOneTimePassword],
    ["switches to AMT", policy.switchesToAmt],
    ["devices in its target", targets],
    ["last round", lastRoundAt],
    ...(lastRound === null ? [] : Object.entries(lastRound)),
  ]);
  if (ignored.length === 0) return;
  printTable(
    ["ID", "IGNORED CHECK", "UNTIL", "BY", "REASON"],
    ignored.map((one) => [one.id, one.check, one.endsAt, one.madeBy, one.reason]),
  );
}
