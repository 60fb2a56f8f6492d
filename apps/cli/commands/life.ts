import { Option, type Command } from "commander";
import { parametersOf } from "@vigil/api/operations.ts";
import { signedInClient } from "../account.ts";
import { printFacts, printJson } from "../output.ts";
import { idOf } from "./devices.ts";
import { startJob, type JobOptions } from "./power.ts";

interface UnprovisionOptions extends JobOptions {
  readonly kind: string;
  readonly afterwards: string;
  readonly certificate: string;
  readonly directory: string;
}

interface RetireOptions {
  readonly because: "gone" | "stolen" | "renamed";
  readonly reason: string;
  readonly keepSecrets?: string;
  readonly json?: true;
}

type ReasonOptions = Pick<RetireOptions, "reason" | "json">;

/** `vigil device unprovision|retire|readmit|purge|otp`: how devices leave, and come back. */
export function addLifeCommands(device: Command): void {
  const unprovision = device
    .command("unprovision [devices...]")
    .description("make firmware forget Vigil, as a job: by uuid, host name or address")
    .requiredOption("--reason <text>", "why, for the audit trail")
    .option("--collection <name>", "all devices of this collection")
    .option("--wait", "wait for every result")
    .option("--json", "print JSON");
  for (const [name, parameter] of Object.entries(parametersOf("device.unprovision"))) {
    if (parameter.kind !== "choice") continue;
    const option = new Option(`--${name} <choice>`, parameter.title.toLowerCase());
    unprovision.addOption(option.choices(Object.keys(parameter.choices)).default(parameter.usual));
  }
  unprovision.action((devices: string[], options: UnprovisionOptions) => {
    const { kind, afterwards, certificate, directory } = options;
    return startJob("device.unprovision", devices, options, { kind, afterwards, certificate, directory });
  });
  device
    .command("retire <device>")
    .description("take all trust from a device, without asking it")
    .addOption(
      new Option("--because <why>", "what has become of it")
        .choices(["gone", "stolen", "renamed"])
        .makeOptionMandatory(),
    )
    .requiredOption("--reason <text>", "for the audit trail")
    .option("--keep-secrets <days>", "how long its secrets are kept for an emergency")
    .option("--json", "print JSON")
    .action(retire);
  device
    .command("readmit <device>")
    .description("let a retired device be set up again")
    .requiredOption("--reason <text>", "why, for the audit trail")
    .option("--json", "print JSON")
    .action(readmit);
  device
    .command("purge <device>")
    .description("forget a retired device and its secrets for good")
    .requiredOption("--reason <text>", "why, for the audit trail")
    .option("--json", "print JSON")
    .action(purge);
  device
    .command("otp <uuid>")
    .description("make a one-time password, for the device's own software to give to its firmware")
    .option("--json", "print JSON")
    .action(otp);
}

async function retire(name: string, { because, reason, keepSecrets, json }: RetireOptions): Promise<void> {
  const client = signedInClient();
  const days = keepSecrets === undefined ? {} : { keepSecretsDays: Number(keepSecrets) };
  const params = { id: await idOf(client, name) };
  const device = await client.devices.retire({ params, body: { because, reason, ...days } });
  if (json === true) return printJson(device);
  const until = device.retired?.secretsUntil ?? "now";
  process.stderr.write(`Retired. Its secrets are kept until ${until}; its hellos are refused until it is readmitted\n`);
}

async function readmit(name: string, { reason, json }: ReasonOptions): Promise<void> {
  const client = signedInClient();
  const device = await client.devices.readmit({ params: { id: await idOf(client, name) }, body: { reason } });
  if (json === true) return printJson(device);
  process.stderr.write("Readmitted: its next hello sets it up\n");
}

async function purge(name: string, { reason, json }: ReasonOptions): Promise<void> {
  const client = signedInClient();
  const answer = await client.devices.purge({ params: { id: await idOf(client, name) }, body: { reason } });
  if (json === true) return printJson(answer);
  process.stderr.write("Forgotten. The audit trail says that it was there\n");
}

async function otp(uuid: string, { json }: Pick<RetireOptions, "json">): Promise<void> {
  const made = await signedInClient().secrets.oneTime({ params: { id: uuid.toLowerCase() } });
  if (json === true) return printJson(made);
  printFacts([
    ["one-time password", made.value],
    ["good until", made.expiresAt],
  ]);
}
