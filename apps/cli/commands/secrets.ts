import type { Command } from "commander";
import type { SecretKind } from "@vigil/api/resources/secrets.ts";
import { signedInClient } from "../account.ts";
import { printFacts, printJson, printTable } from "../output.ts";
import { wholeNumber } from "../whole-number.ts";
import { idOf } from "./devices.ts";
import { startJob, type JobOptions } from "./power.ts";

interface RevealOptions {
  readonly reason?: string;
  readonly mebx?: true;
  readonly account?: string;
  readonly minutes: string;
  readonly json?: true;
}

/** `vigil secret rotate|list|reveal`. */
export function addSecretCommands(program: Command): void {
  const secret = program.command("secret").description("the devices' passwords");
  secret
    .command("rotate [devices...]")
    .description("give devices a new admin password, as a job: by uuid, host name or address")
    .option("--collection <name>", "all devices of this collection")
    .option("--wait", "wait for every result")
    .option("--reason <text>", "why, for the audit trail")
    .option("--json", "print JSON")
    .action((devices: string[], options: JobOptions) => startJob("secret.rotate", devices, options));
  secret
    .command("list <device>")
    .description("what secrets a device has and how old they are; never a value")
    .option("--json", "print JSON")
    .action(list);
  secret
    .command("reveal <device>")
    .description("show a password, for an emergency: audited, and replaced afterwards")
    .requiredOption("--reason <text>", "why, for the audit trail")
    .option("--mebx", "the password of the firmware's menu on the machine, which cannot be replaced from afar")
    .option("--account <name>", "the password of this account of the profile's, which stays as it is")
    .option("--minutes <number>", "until it is replaced", "60")
    .option("--json", "print JSON")
    .action(reveal);
}

async function list(device: string, { json }: { readonly json?: true }): Promise<void> {
  const client = signedInClient();
  const { items } = await client.secrets.list({ params: { id: await idOf(client, device) } });
  if (json === true) return printJson({ items });
  printTable(
    ["SECRET", "STATE", "MADE", "SINCE"],
    items.map(({ kind, state, madeAt, changedAt }) => [kind, state, madeAt, changedAt]),
  );
}

async function reveal(device: string, options: RevealOptions): Promise<void> {
  const minutes = wholeNumber(options.minutes, "--minutes", 1_440);
  const client = signedInClient();
  const own: SecretKind = options.mebx === true ? "mebx-password" : "admin-password";
  const kind: SecretKind = options.account === undefined ? own : `account/${options.account}`;
  const shown = await client.secrets.reveal({
    params: { id: await idOf(client, device) },
    body: { kind, reason: options.reason ?? "", minutes },
  });
  if (options.json === true) return printJson(shown);
  printFacts([
    ["user", shown.username],
    ["password", shown.value],
    ["replaced at", shown.replacedAt ?? "not by itself"],
  ]);
}
