import { Option, type Command } from "commander";
import { auditHeading, auditRow, findingWords } from "@vigil/api/audit-rows.ts";
import type { VigilClient } from "@vigil/api/client.ts";
import { auditPaths, type AuditFinding, type AuditPath, type ListedEntry } from "@vigil/api/resources/audit.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { writeExport } from "../export-file.ts";
import { printJson, printTable, progressBar } from "../output.ts";
import { wholeNumber } from "../whole-number.ts";

interface Filter {
  readonly device?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly path?: AuditPath;
  readonly search?: string;
  readonly since?: string;
  readonly until?: string;
}

interface ListOptions extends Filter {
  readonly limit: string;
  readonly export?: string;
  readonly json?: true;
}

/** Entries in one question. */
const pageSize = 1_000;

/** `vigil audit list|verify`. */
export function addAuditCommands(program: Command): void {
  const audit = program.command("audit").description("the activity log: who did what");
  audit
    .command("list")
    .description("list entries, newest first")
    .option("--device <device>", "only what was done to this device: a uuid, host name or address")
    .option("--actor <name>", 'only what they did: "owner", "api-key:NAME" or "vigil"')
    .option("--action <action>", 'only this: "run.started", or "job" for all that begin with "job."')
    .addOption(new Option("--path <path>", "only what was asked for over this path").choices(auditPaths))
    .option("--search <text>", "part of the action, of what was done or of who did it")
    .option("--since <moment>", "not before, e.g. 2026-03-01 or 2026-03-01T08:00:00Z")
    .option("--until <moment>", "before")
    .option("--limit <number>", "at most so many; an export has no limit unless it is given one", "200")
    .option("--export <file>", "write to a file: .csv or .json")
    .option("--json", "print JSON")
    .action(list);
  audit
    .command("verify")
    .description("check whether somebody edited, inserted or deleted entries in the database; then the exit code is 1")
    .option("--json", "print JSON")
    .action(verify);
}

async function list(options: ListOptions, command: Command): Promise<void> {
  const client = signedInClient();
  const filter = filterOf(options);
  const limit = wholeNumber(options.limit, "--limit");
  if (options.export !== undefined) {
    const isLimited = command.getOptionValueSource("limit") === "cli";
    const pages = entriesOf(client, filter, isLimited ? limit : Infinity);
    const count = await writeExport(options.export, pages, { heading: auditHeading, row: auditRow });
    return void process.stderr.write(`Wrote ${count} entries to ${options.export}\n`);
  }
  const items: ListedEntry[] = [];
  for await (const page of entriesOf(client, filter, limit)) items.push(...page);
  if (options.json === true) return printJson({ items });
  printTable(
    ["NUMBER", "AT", "WHO", "PATH", "ACTION", "DEVICE", "WHAT"],
    items.map((one) => [one.id, one.at, one.actor, one.path, one.action, one.deviceName ?? one.device, one.summary]),
  );
}

/** Page by page, so that the log may be larger than the memory. */
async function* entriesOf(client: VigilClient, filter: Filter, most: number): AsyncGenerator<readonly ListedEntry[]> {
  let before: number | undefined;
  for (let left = most; left > 0;) {
    const limit = Math.min(pageSize, left);
    const query = { ...filter, limit, ...(before === undefined ? {} : { before }) };
    const { items } = await client.audit.list({ query });
    yield items;
    if (items.length < limit) return;
    left -= items.length;
    before = items.at(-1)?.id;
  }
}

async function verify({ json }: { readonly json?: true }): Promise<void> {
  const client = signedInClient();
  const findings: AuditFinding[] = [];
  let total = 0;
  {
    using bar = progressBar("entries");
    let cursor: string | undefined;
    do {
      const page = await client.audit.verify({ query: cursor === undefined ? {} : { cursor } });
      findings.push(...page.findings);
      total = page.total;
      bar.show(page.total, page.checked);
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
  }
  if (json === true) printJson({ checked: total, findings });
  else if (findings.length === 0) process.stdout.write(`All ${total} entries are as they were written\n`);
  else process.stdout.write(`${findings.map(findingWords).join("\n")}\n`);
  if (findings.length > 0) process.exitCode = 1;
}

function filterOf({ device, actor, action, path, search, since, until }: Filter): Filter {
  return {
    ...(device === undefined ? {} : { device }),
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(path === undefined ? {} : { path }),
    ...(search === undefined ? {} : { search }),
    ...(since === undefined ? {} : { since: momentIn(since, "--since") }),
    ...(until === undefined ? {} : { until: momentIn(until, "--until") }),
  };
}

function momentIn(text: string, option: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw fail("cli.usage.wrong", { message: `${option} is no moment: ${text}` });
  return at.toISOString();
}
