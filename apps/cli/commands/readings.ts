import { Argument, type Command } from "commander";
import type { VigilClient } from "@vigil/api/client.ts";
import { logHeading, logRow } from "@vigil/api/log-rows.ts";
import { deviceLogs, type DeviceLog, type Hardware, type LogEntry } from "@vigil/api/resources/readings.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { signedInClient } from "../account.ts";
import { writeExport } from "../export-file.ts";
import { ageOf, printError, printFacts, printJson, printTable } from "../output.ts";
import { wholeNumber } from "../whole-number.ts";
import { idOf } from "./devices.ts";

interface LogOptions {
  readonly search?: string;
  readonly severity?: string;
  readonly limit: string;
  readonly stored?: true;
  readonly export?: string;
  readonly json?: true;
}

/** Entries in one question. */
const pageSize = 1_000;

/** `vigil log DEVICE event|audit`, `vigil hardware DEVICE`. */
export function addReadingCommands(program: Command): void {
  program
    .command("log <device>")
    .description("a device's own log, read from it now; as it was last read when it cannot be")
    .addArgument(new Argument("<log>", "what happened to it, or who changed its settings").choices(deviceLogs))
    .option("--stored", "do not ask the device")
    .option("--search <text>", "part of what happened, of who did it or from where")
    .option("--severity <severity>", 'in the event log: "critical" …')
    .option("--limit <number>", "at most so many, newest first", "100")
    .option("--export <file>", "write all that match to a file: .csv or .json")
    .option("--json", "print JSON")
    .action(showLog);
  program
    .command("hardware <device>")
    .description("what a machine is made of, read from it now; as it was last read when it cannot be")
    .option("--stored", "do not ask the device")
    .option("--json", "print JSON")
    .action(showHardware);
}

async function showLog(name: string, log: DeviceLog, options: LogOptions): Promise<void> {
  const limit = wholeNumber(options.limit, "--limit");
  const client = signedInClient();
  const params = { id: await idOf(client, name), log };
  const hasFailed = options.stored === true ? false : await failure(() => client.readings.readLog({ params }));
  const { search, severity } = options;
  const filter = {
    ...(search === undefined ? {} : { search }),
    ...(severity === undefined ? {} : { severity }),
  };
  if (options.export !== undefined) {
    const pages = entriesOf(client, params, filter, Infinity);
    const count = await writeExport(options.export, pages, { heading: logHeading, row: logRow });
    return void process.stderr.write(`Wrote ${count} entries to ${options.export}\n`);
  }
  const { readAt, state } = await client.readings.log({ params, query: { limit: 1 } });
  const items: LogEntry[] = [];
  for await (const page of entriesOf(client, params, filter, limit)) items.push(...page);
  if (options.json === true) return hasFailed && readAt === null ? undefined : printJson({ readAt, state, items });
  if (readAt === null) return hasFailed ? undefined : void process.stderr.write("It has never been read\n");
  process.stderr.write(`Read ${ageOf(readAt, systemClock().now())}\n`);
  if (log === "event") {
    const rows = items.map((one) => [one.at, one.severity, one.text, one.source]);
    return printTable(["AT", "SEVERITY", "EVENT", "SOURCE"], rows);
  }
  const rows = items.map((one) => [one.at, one.source, one.text, one.who, one.from]);
  printTable(["AT", "PART", "WHAT", "AS", "FROM"], rows);
}

/** The device could not be asked: that is said, and what is stored is shown all the same. */
async function failure(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
    return false;
  } catch (error) {
    process.exitCode = printError(error, false);
    return true;
  }
}

async function* entriesOf(
  client: VigilClient,
  params: { readonly id: string; readonly log: DeviceLog },
  filter: { readonly search?: string; readonly severity?: string },
  most: number,
): AsyncGenerator<readonly LogEntry[]> {
  for (let offset = 0; offset < most;) {
    const limit = Math.min(pageSize, most - offset);
    const { items } = await client.readings.log({ params, query: { ...filter, offset, limit } });
    yield items;
    if (items.length < limit) return;
    offset += items.length;
  }
}

async function showHardware(
  name: string,
  { stored, json }: { readonly stored?: true; readonly json?: true },
): Promise<void> {
  const client = signedInClient();
  const params = { id: await idOf(client, name) };
  const hasFailed = stored === true ? false : await failure(() => client.readings.readHardware({ params }));
  const { readAt, hardware } = await client.readings.hardware({ params });
  if (readAt === null || hardware === null) {
    if (!hasFailed && json === true) printJson({ readAt, hardware });
    else if (!hasFailed) process.stderr.write("It has never been read\n");
    return;
  }
  if (json === true) return printJson({ readAt, hardware });
  process.stderr.write(`Read ${ageOf(readAt, systemClock().now())}\n`);
  printFacts(factsOf(hardware));
}

function factsOf(hardware: Hardware): [string, string | null][] {
  const { board, bios, processors, memory, disks, firmware } = hardware;
  const joined = (...words: readonly string[]): string | null => words.filter((one) => one !== "").join(" ") || null;
  const gigas = (bytes: number, base: number): string => `${Math.round(bytes / base ** 3)} GB`;
  return [
    ["machine", joined(hardware.manufacturer, hardware.model, hardware.product)],
    ["serial number", joined(hardware.serialNumber)],
    ["uuid", joined(hardware.uuid)],
    ["board", joined(board.manufacturer, board.model, board.version)],
    ["bios", joined(bios.manufacturer, bios.version, bios.releasedAt.slice(0, 10))],
    ...processors.map(({ id, name }): [string, string] => ["processor", name === "" ? id : name]),
    ...memory.map((one): [string, string | null] => [
      "memory",
      joined(one.slot, gigas(one.bytes, 1024), one.manufacturer, one.partNumber, one.serialNumber),
    ]),
    ...disks.map(({ id, bytes }): [string, string | null] => ["disk", joined(id, gigas(bytes, 1000))]),
    ...Object.entries(firmware).map(([part, version]): [string, string | null] => ["firmware", joined(part, version)]),
  ];
}
