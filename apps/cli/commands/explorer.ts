import { readFileSync } from "node:fs";
import type { Command } from "commander";
import type { AmtDevice } from "@vigil/amt-client/device.ts";
import { explainSaved, type Plain } from "@vigil/amt-client/explained.ts";
import { explore, type Exploration, type Explored } from "@vigil/amt-client/explorer.ts";
import { reportOf } from "@vigil/base/errors.ts";
import { fail } from "../errors.ts";
import { printJson } from "../output.ts";

export const explorerVerbs = ["get", "enum", "invoke"] as const;
export type ExplorerVerb = (typeof explorerVerbs)[number];

interface ExplorerOptions {
  readonly selector: readonly string[];
  readonly raw?: true;
  readonly json?: true;
}

/** `vigil amt HOST get|enum CLASS`, `vigil amt HOST invoke CLASS METHOD name=value …` */
export async function exploreDevice(
  device: AmtDevice,
  host: string,
  verb: ExplorerVerb,
  words: readonly string[],
  { selector, raw, json }: ExplorerOptions,
): Promise<void> {
  const [className, method, ...args] = words;
  if (className === undefined) throw fail("cli.usage.wrong", { message: `${verb} needs a class` });
  if (verb === "invoke" && method === undefined) throw fail("cli.usage.wrong", { message: "invoke needs a method" });
  if (verb !== "invoke" && method !== undefined) {
    throw fail("cli.usage.wrong", { message: `${verb} takes no ${method}: selectors are --selector Name=Value` });
  }
  const asked: Exploration = {
    verb,
    className,
    ...(method === undefined ? {} : { method }),
    selectors: Object.fromEntries(selector.map((one) => pairIn(one))),
    input: grouped(args.map((one) => pairIn(one))),
  };
  const answer = await explore(device.wsman, asked);
  if (json === true) {
    const { xml, ...rest } = answer;
    printJson({ host, ...rest, ...(raw === true ? { xml } : {}) });
  } else {
    process.stdout.write(raw === true ? `${answer.xml}\n` : pretty(answer));
  }
  const returned = returnValueOf(answer.value);
  if (answer.unknown.length > 0) process.stderr.write(`Not in the model: ${answer.unknown.join(", ")}\n`);
  if (returned !== undefined && returned !== 0) process.exitCode = 1;
}

/** `vigil amt decode FILE…`: what a saved answer says. */
export function addDecodeCommand(amt: Command): void {
  amt
    .command("decode")
    .description("say what saved answers say; exits with 1 when the model lacks something of them")
    .argument("<file...>", "an envelope, or a whole HTTP answer")
    .option("--json", "print one JSON object a file, each on a line")
    // The parent has the same option, and commander gives it to the parent.
    .action((files: readonly string[], _options: unknown, command: Command) => {
      const { json } = command.optsWithGlobals<{ readonly json?: true }>();
      for (const file of files) decodeFile(file, json === true);
    });
}

function decodeFile(file: string, isJson: boolean): void {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw fail("cli.usage.wrong", { message: `Cannot read ${file}`, cause });
  }
  try {
    const { unreadable, ...explained } = explainSaved(bytes);
    const whole = { file, ...explained, ...(unreadable.length === 0 ? {} : { unreadable }) };
    if (isJson) process.stdout.write(`${JSON.stringify(whole)}\n`);
    else process.stdout.write(`${file}\n${pretty({ ...explained, unreadable, xml: "" })}`);
    if (unreadable.length > 0) process.stderr.write(`${file}: not of their type: ${unreadable.join(", ")}\n`);
    if (explained.unknown.length === 0) return;
    process.stderr.write(`${file}: not in the model: ${explained.unknown.join(", ")}\n`);
  } catch (error) {
    const report = reportOf(error);
    if (isJson) process.stdout.write(`${JSON.stringify({ file, error: report })}\n`);
    process.stderr.write(`${file}: ${report.message}\n${report.next}\n${report.code} (${report.side})\n`);
  }
  process.exitCode = 1;
}

function pretty({ class: name, action, value, unknown }: Explored): string {
  const instances = Array.isArray(value) ? value : [value];
  const head = `${name} ${action}${Array.isArray(value) ? `: ${value.length}` : ""}\n`;
  const body = instances.map((one) => factsOf(one, unknown)).join("\n");
  return `${head}${body}`;
}

function factsOf(value: Plain, unknown: readonly string[]): string {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    return `  ${value === null ? "-" : String(value)}\n`;
  const entries = Object.entries(value);
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries
    .map(([name, one]) => `${unknown.includes(name) ? "?" : " "} ${name.padEnd(width)}  ${shown(one)}\n`)
    .join("");
}

function shown(value: Plain): string {
  if (value === null) return "-";
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return value.map((one: Plain) => shown(one)).join(", ");
  return Object.entries(value)
    .map(([name, one]) => `${name}=${shown(one)}`)
    .join("; ");
}

function returnValueOf(value: Plain): number | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value) || !("ReturnValue" in value))
    return undefined;
  return typeof value.ReturnValue === "number" ? value.ReturnValue : undefined;
}

function pairIn(text: string): readonly [name: string, value: string] {
  const at = text.indexOf("=");
  if (at < 1) throw fail("cli.usage.wrong", { message: `Not Name=Value: ${text}` });
  return [text.slice(0, at), text.slice(at + 1)];
}

function grouped(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const [name, value] of pairs) (all[name] ??= []).push(value);
  return all;
}
