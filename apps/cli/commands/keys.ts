import { readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { signedInClient } from "../account.ts";
import { printJson, printTable } from "../output.ts";
import { wholeNumber } from "../whole-number.ts";

interface BatchOptions {
  readonly batch: string;
  readonly json?: true;
}

type Pairs = readonly { readonly pid: string; readonly pps: string }[];

/** `vigil key list|make|add|print|remove|stick`: pre-shared keys, by which devices until AMT 10 are set up. */
export function addKeyCommands(program: Command): void {
  const key = program
    .command("key")
    .description("pre-shared keys (PID and PPS), by which devices until AMT 10 are set up");
  key
    .command("list")
    .description("which keys there are and which device each has set up; never the secret part")
    .option("--batch <name>", "of this batch alone")
    .option("--json", "print JSON")
    .action(list);
  key
    .command("make")
    .description("make new keys and print them as comma-separated values")
    .requiredOption("--batch <name>", "a name for them, to find them again")
    .requiredOption("--count <number>", "how many")
    .option("--json", "print JSON")
    .action(make);
  key
    .command("add")
    .description("take keys that machines have already: lines of PID,PPS")
    .argument("<file>", "- reads standard input")
    .requiredOption("--batch <name>", "a name for them, to find them again")
    .option("--json", "print JSON")
    .action(add);
  key
    .command("print")
    .description("print a batch again: audited")
    .requiredOption("--batch <name>", "which")
    .requiredOption("--reason <text>", "why, for the audit trail")
    .option("--json", "print JSON")
    .action(print);
  key
    .command("remove")
    .description("forget keys: machines that hold them and are not set up yet cannot be by them any more")
    .argument("<pid...>", "as the list shows them")
    .option("--json", "print JSON")
    .action(remove);
  key
    .command("stick")
    .description("make a setup.bin with a key and a menu password for each machine; the server keeps both")
    .requiredOption("--out <file>", "where to write it")
    .requiredOption("--batch <name>", "a name for them, to find them again")
    .requiredOption("--count <number>", "how many machines")
    .option("--scramble", "scramble the records, which hides nothing from anybody")
    .option("--json", "print JSON")
    .action(stick);
}

async function list({ batch, json }: Partial<BatchOptions>): Promise<void> {
  const { items } = await signedInClient().setupKeys.list({ query: batch === undefined ? {} : { batch } });
  if (json === true) return printJson({ items });
  printTable(
    ["PID", "BATCH", "BY", "MADE", "DEVICE", "USED"],
    items.map((one) => [one.pid, one.batch, one.medium, one.madeAt, one.device ?? "-", one.usedAt ?? "-"]),
  );
}

async function make({ batch, count, json }: BatchOptions & { readonly count: string }): Promise<void> {
  const { items } = await signedInClient().setupKeys.make({
    body: { batch, count: wholeNumber(count, "--count", 1_000) },
  });
  printPairs(items, json === true);
}

async function add(file: string, { batch, json }: BatchOptions): Promise<void> {
  const lines = new TextDecoder().decode(readFileSync(file === "-" ? 0 : file)).split(/\r?\n/);
  const rows = lines.filter((line) => line.trim() !== "" && !/^\s*pid\s*,/i.test(line));
  const pairs = rows.map((line) => {
    const [pid = "", pps = ""] = line.split(",").map((part) => part.trim());
    return { pid, pps };
  });
  const added = await signedInClient().setupKeys.add({ body: { batch, pairs } });
  if (json === true) printJson(added);
  else process.stdout.write(`${added.added} keys added\n`);
}

async function print({ batch, reason, json }: BatchOptions & { readonly reason: string }): Promise<void> {
  const { items } = await signedInClient().setupKeys.print({ body: { batch, reason } });
  printPairs(items, json === true);
}

async function remove(pids: string[], { json }: { readonly json?: true }): Promise<void> {
  const { removed } = await signedInClient().setupKeys.remove({ body: { pids } });
  if (json === true) printJson({ removed });
  else process.stdout.write(`${removed} keys removed\n`);
}

async function stick(
  options: BatchOptions & { readonly out: string; readonly count: string; readonly scramble?: true },
): Promise<void> {
  const { batch, out, count, scramble, json } = options;
  const body = { batch, count: wholeNumber(count, "--count", 1_000), isScrambled: scramble === true };
  const { pids, file } = await signedInClient().setupKeys.file({ body });
  // It holds passwords.
  writeFileSync(out, Buffer.from(file, "base64"), { mode: 0o600 });
  if (json === true) printJson({ file: out, pids });
  else process.stdout.write(`${out}: ${pids.length} records\n`);
}

function printPairs(items: Pairs, isJson: boolean): void {
  if (isJson) return printJson({ items });
  process.stdout.write(`pid,pps\n${items.map(({ pid, pps }) => `${pid},${pps}\n`).join("")}`);
}
