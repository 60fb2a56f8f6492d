import { Option, type Command } from "commander";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { printJson, printTable } from "../output.ts";

interface JsonOption {
  readonly json?: true;
}

interface SiteOptions extends JsonOption {
  readonly subnet?: readonly string[];
  readonly atOnce?: string;
  readonly pause?: string;
  readonly hold?: true;
  readonly resume?: true;
  readonly remove?: true;
}

/** `vigil provisioning failures|retry|sites|site`: why devices do not get on, and how many places are worked at. */
export function addQueueCommands(provisioning: Command): void {
  provisioning
    .command("failures")
    .description("codes that devices have failed with: how many, next step, and what begins again with them")
    .option("--all", "codes that no device is at, too")
    .option("--json", "print JSON")
    .action(failures);
  provisioning
    .command("retry <code>")
    .description("begin again with all devices that failed with that code")
    .option("--json", "print JSON")
    .action(retry);
  provisioning
    .command("sites")
    .description("places with a limit of their own, and how their devices stand")
    .option("--json", "print JSON")
    .action(sites);
  provisioning
    .command("site <name>")
    .description("make a site, or change what is given")
    .option("--subnet <cidr...>", "its networks, e.g. 10.1.0.0/16")
    .option("--at-once <number>", "devices there at once")
    .option("--pause <seconds>", "between the begins of two devices there")
    .addOption(new Option("--hold", "begin no device there").conflicts("resume"))
    .option("--resume", "go on there")
    .option("--remove", "remove it; its devices keep to no limit but the lanes' own")
    .option("--json", "print JSON")
    .action(site);
}

async function failures({ all, json }: JsonOption & { readonly all?: true }): Promise<void> {
  const answer = await signedInClient().provisioning.failures();
  const items = all === true ? answer.items : answer.items.filter(({ failed, waiting }) => failed + waiting > 0);
  if (json === true) return printJson({ items });
  printTable(
    ["CODE", "FAILED", "WAITING", "GROUP", "BEGINS AGAIN BY ITSELF", "NEXT STEP"],
    items.map((one) => [one.code, one.failed, one.waiting, one.group, againBy(one), one.next]),
  );
}

function againBy(one: { readonly isFinal: boolean; readonly reopenedBy: readonly string[] }): string {
  const events = ["hello", ...one.reopenedBy];
  return one.isFinal ? `after: ${events.join(", ")}` : `in growing pauses; after: ${events.join(", ")}`;
}

async function retry(code: string, { json }: JsonOption): Promise<void> {
  const answer = await signedInClient().provisioning.retry({ body: { code } });
  if (json === true) return printJson(answer);
  process.stderr.write(`Begins again with ${answer.reopened} devices. Follow them: vigil provisioning list\n`);
}

async function sites({ json }: JsonOption): Promise<void> {
  const { items } = await signedInClient().provisioning.sites();
  if (json === true) return printJson({ items });
  printTable(
    ["SITE", "SUBNETS", "AT ONCE", "PAUSE", "STATE", "WAITING", "RUNNING", "FAILED"],
    items.map((one) => [
      one.name,
      one.subnets.join(" "),
      one.mostAtOnce,
      `${one.pauseSeconds} s`,
      one.isHeld ? "held" : "open",
      one.counts.waiting,
      one.counts.running,
      one.counts.failed,
    ]),
  );
}

async function site(name: string, options: SiteOptions): Promise<void> {
  const client = signedInClient();
  const params = { name };
  if (options.remove === true) {
    await client.provisioning.removeSite({ params });
    if (options.json === true) return printJson({ removed: name });
    return void process.stderr.write(`Removed the site ${name}\n`);
  }
  const before = (await client.provisioning.sites()).items.find((one) => one.name === name);
  const subnets = options.subnet ?? before?.subnets;
  if (subnets === undefined) throw fail("cli.usage.wrong", { message: "A new site needs --subnet." });
  const isHeld = options.hold === true || (options.resume !== true && before?.isHeld === true);
  const body = {
    subnets: [...subnets],
    mostAtOnce: numberIn(options.atOnce, before?.mostAtOnce ?? 4),
    pauseSeconds: numberIn(options.pause, before?.pauseSeconds ?? 0),
    isHeld,
  };
  const stored = await client.provisioning.putSite({ params, body });
  if (options.json === true) return printJson(stored);
  const { mostAtOnce, pauseSeconds, counts } = stored;
  const state = stored.isHeld ? "held" : `${mostAtOnce} at once, ${pauseSeconds} s between two`;
  process.stderr.write(`${name}: ${state}; ${counts.waiting} wait there, ${counts.running} are under way\n`);
}

function numberIn(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,5}$/.test(text)) throw fail("cli.usage.wrong", { message: `${text} is no whole number.` });
  return Number(text);
}
