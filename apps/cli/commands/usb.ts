import { readFileSync, writeFileSync } from "node:fs";
import { Option, type Command } from "commander";
import {
  isNumeric,
  isSetupVariable,
  readSetupFile,
  writeSetupFile,
  type MachineSheet,
  type SetupVersion,
} from "@vigil/amt-client/setup-file.ts";
import { fail } from "../errors.ts";
import { printFacts, printJson } from "../output.ts";

interface WriteOptions {
  readonly out: string;
  readonly machines: string;
  readonly format: `${SetupVersion}`;
  readonly scramble?: true;
  readonly keep?: true;
  readonly json?: true;
}

interface ReadOptions {
  readonly reveal?: true;
  readonly json?: true;
}

const help = `
The machines are lines of comma-separated values under a line of names: pid, pps, currentMebxPassword, newMebxPassword,
hostName, domainName, pkiDnsSuffix, configurationServer, serverAddress, serverPort, dhcp, consent, provisioningMode ...
A machine reads setup.bin from a stick that is formatted with FAT, at boot.`;

/** `vigil usb write|read`: setup.bin, with which machines are set up from a stick. */
export function addUsbCommands(program: Command): void {
  const usb = program.command("usb").description("setup.bin: what machines read from a USB stick at boot");
  usb
    .command("write")
    .description("make a setup.bin, one record for each machine")
    .requiredOption("--out <file>", "where to write it")
    .requiredOption("--machines <file>", "comma-separated values, one machine a line; - reads standard input")
    .addOption(new Option("--format <version>", "the file's version").choices(["1", "2", "3", "4"]).default("2"))
    .option("--scramble", "scramble the records, which hides nothing from anybody")
    .option("--keep", "do not consume: machines leave the record for the next one")
    .option("--json", "print JSON")
    .addHelpText("after", help)
    .action(write);
  usb
    .command("read")
    .description("say what a setup.bin says")
    .argument("<file>")
    .option("--reveal", "show passwords and keys too")
    .option("--json", "print JSON")
    .action(read);
}

function write({ out, machines, format, scramble, keep, json }: WriteOptions): void {
  const sheets = sheetsIn(textOf(machines));
  const version = ([1, 2, 3, 4] as const).find((one) => String(one) === format) ?? 2;
  const bytes = writeSetupFile(sheets, { version, isScrambled: scramble === true, isKept: keep === true });
  // It holds passwords.
  writeFileSync(out, bytes, { mode: 0o600 });
  const facts = { file: out, records: sheets.length, bytes: bytes.length };
  if (json === true) return printJson(facts);
  printFacts(Object.entries(facts));
}

function read(file: string, { reveal, json }: ReadOptions): void {
  const found = readSetupFile(bytesOf(file));
  const records = found.records.map(({ values, ...rest }) => ({
    ...rest,
    values: Object.fromEntries(
      values.map(({ name, value, isSecret }) => [name, isSecret && reveal !== true ? "[secret]" : value]),
    ),
  }));
  if (json === true) return printJson({ ...found, records });
  const { version, isKept, consumed } = found;
  printFacts([
    ["version", version],
    ["records", records.length],
    ["consumed", consumed],
    ["consumes", !isKept],
  ]);
  for (const [index, { isValid, isScrambled, values }] of records.entries()) {
    const marks = [isValid ? "valid" : "consumed", ...(isScrambled ? ["scrambled"] : [])];
    process.stdout.write(`\nrecord ${index + 1}, ${marks.join(", ")}\n`);
    if (Object.keys(values).length > 0) printFacts(Object.entries(values));
  }
}

/** Values hold no commas: none of AMT's may. @throws cli.usage.wrong (caller) */
function sheetsIn(text: string): MachineSheet[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const names = (lines.shift() ?? "").split(",").map((name) => name.trim());
  return lines.map((line, index) => {
    const values = line.split(",").map((value) => value.trim());
    const where = `line ${index + 2}`;
    if (values.length > names.length) throw wrong(`${where} has more values than there are names`);
    const entries = names.map((name, at) => [name, values[at] ?? ""] as const).filter(([, value]) => value !== "");
    return Object.fromEntries(entries.map(([name, value]) => [name, valueOf(name, value, where)]));
  });
}

function valueOf(name: string, value: string, where: string): string | number {
  if (!isSetupVariable(name)) throw wrong(`${where}: setup.bin has no ${JSON.stringify(name)}`);
  if (name === "pid" || name === "pps") return value.replaceAll("-", "").toUpperCase();
  return isNumeric(name) ? Number(value) : value;
}

function textOf(file: string): string {
  return new TextDecoder().decode(bytesOf(file === "-" ? 0 : file));
}

function bytesOf(file: string | number): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw wrong(`Cannot read ${file}`, cause);
  }
}

function wrong(message: string, cause?: unknown): Error {
  return fail("cli.usage.wrong", { message, ...(cause === undefined ? {} : { cause }) });
}
