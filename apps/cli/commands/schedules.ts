import type { Command } from "commander";
import {
  weekdays,
  type Missed,
  type Schedule,
  type ScheduledWork,
  type ScheduleSettings,
  type ScheduleTime,
  type WindowRule,
} from "@vigil/api/resources/schedules.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { choicesIn, operationNamed } from "../operation-options.ts";
import { printFacts, printJson, printTable } from "../output.ts";
import { targetFrom } from "../target-options.ts";
import { wholeNumber } from "../whole-number.ts";

interface JsonOption {
  readonly json?: true;
}

interface SettingOptions extends JsonOption {
  readonly operation?: string;
  readonly with?: readonly string[];
  readonly job?: string;
  readonly jobVersion?: string;
  readonly collection?: string;
  readonly devices?: readonly string[];
  readonly filter?: string;
  readonly once?: string;
  readonly cron?: string;
  readonly timeZone?: string;
  readonly window?: string;
  readonly missed?: string;
  readonly on?: boolean;
  readonly off?: true;
  readonly reason?: string;
}

const examples = `
  vigil schedule create Night --operation power.off --collection Desks --cron "0 22 * * mon-fri" --time-zone Europe/Berlin
  vigil schedule create Look --operation power.state --once 2027-01-04T06:00:00Z --missed run-once
  vigil schedule change Night --window Nights --missed 3600
  vigil schedule next Night`;
const windowExamples = `
  vigil window set Nights --time-zone Europe/Berlin --rule mon-fri 22:00-05:00 --rule sat,sun 00:00-24:00`;

const json = ["--json", "print JSON"] as const;
const dayMs = 86_400_000;

/** `vigil schedule …` and `vigil window …`: when runs are started without anybody, and when disruptive work may happen. */
export function addScheduleCommands(program: Command): void {
  const schedule = program
    .command("schedule")
    .description("when operations and jobs are started without anybody")
    .addHelpText("after", examples);
  schedule
    .command("list")
    .description("list schedules with when each starts next")
    .option(...json)
    .action(list);
  schedule
    .command("show <name>")
    .description("one schedule, and the times that came")
    .option(...json)
    .action(show);
  settings(schedule.command("create <name>").description("make a schedule"), async (name, given) => {
    const body = { name, settings: settingsFrom(undefined, given) };
    shown(await signedInClient().schedules.create({ body }), given.json);
  });
  settings(
    schedule.command("change <name>").description("change what is said; the rest stays"),
    async (name, given) => {
      const client = signedInClient();
      const before = await client.schedules.show({ params: { name } });
      shown(await client.schedules.change({ params: { name }, body: settingsFrom(before, given) }), given.json);
    },
  );
  schedule
    .command("remove <name>")
    .description("remove a schedule; its runs stay")
    .action(async (name: string) => void (await signedInClient().schedules.remove({ params: { name } })));
  schedule
    .command("next [name]")
    .description("what starts in the days to come")
    .option("--days <number>", "how many", "30")
    .option(...json)
    .action(next);
  addWindowCommands(program);
}

function addWindowCommands(program: Command): void {
  const window = program
    .command("window")
    .description("maintenance windows: when disruptive work may happen")
    .addHelpText("after", windowExamples);
  window
    .command("list")
    .description("list maintenance windows")
    .option(...json)
    .action(listWindows);
  window
    .command("set <name>")
    .description("make one, or give it other rules")
    .requiredOption("--time-zone <name>", "whose clock, e.g. Europe/Berlin")
    .requiredOption("--rule <days-and-times...>", "days and times, e.g. mon-fri 22:00-05:00")
    .action(
      async (name: string, { timeZone, rule }: { readonly timeZone: string; readonly rule: readonly string[] }) => {
        const body = { timeZone, rules: rulesIn(rule) };
        await signedInClient().windows.put({ params: { name }, body });
      },
    );
  window
    .command("remove <name>")
    .description("remove one that no schedule uses")
    .action(async (name: string) => void (await signedInClient().windows.remove({ params: { name } })));
}

function settings(command: Command, act: (name: string, given: SettingOptions) => Promise<void>): void {
  command
    .option("--operation <name>", "what is done, e.g. power.off")
    .option("--with <choices...>", "the operation's choices, each as name=value")
    .option("--job <name>", "what is done: that job")
    .option("--job-version <number>", "in that version; newest: in whichever is then")
    .option("--collection <name>", "on which devices: those that the collection holds then")
    .option("--devices <names...>", "on which devices: these")
    .option("--filter <filter>", "on which devices: those for which it holds then")
    .option("--once <moment>", "at that moment, e.g. 2027-01-04T06:00:00Z")
    .option("--cron <fields>", 'again and again, e.g. "30 22 * * mon-fri"')
    .option("--time-zone <name>", "whose clock --cron goes by; UTC unless said otherwise")
    .option("--window <name>", "what falls outside that maintenance window waits; none: nothing waits")
    .option(
      "--missed <rule>",
      "what becomes of a time at which no server ran: skip, run-once, or seconds that it may be late",
    )
    .option("--on", "it starts runs")
    .option("--off", "it starts none until it is switched on")
    .option("--reason <text>", "why: shown with each run")
    .option(...json)
    .action((name: string) => act(name, command.opts<SettingOptions>()));
}

/** @throws cli.usage.wrong (caller) */
function settingsFrom(before: Schedule | undefined, given: SettingOptions): ScheduleSettings {
  const { window, missed, reason } = given;
  const target = targetFrom(given, "A schedule has one of --collection, --devices and --filter.") ?? before?.target;
  const at = timeFrom(before?.at, given);
  const work = workFrom(before?.work, given);
  if (work === undefined || target === undefined || at === undefined) {
    throw wrong("A schedule needs --operation or --job; --collection, --devices or --filter; and --once or --cron.");
  }
  return {
    work,
    target,
    at,
    window: window === undefined ? (before?.window ?? null) : window === "none" ? null : window,
    missed: missed === undefined ? (before?.missed ?? "skip") : missedFrom(missed),
    isOn: given.off === true ? false : given.on === true ? true : (before?.isOn ?? true),
    reason: reason ?? before?.reason ?? "",
  };
}

function workFrom(before: ScheduledWork | undefined, given: SettingOptions): ScheduledWork | undefined {
  const { operation, job, jobVersion } = given;
  if (operation !== undefined && job !== undefined) throw wrong("A schedule has --operation or --job.");
  const choices = given.with === undefined ? undefined : choicesIn(given.with);
  if (operation !== undefined) return { operation: operationNamed(operation), parameters: choices ?? {} };
  const version =
    jobVersion === undefined || jobVersion === "newest" ? "newest" : wholeNumber(jobVersion, "--job-version");
  if (job !== undefined) return { job, version };
  if (before === undefined) return undefined;
  if ("operation" in before) return choices === undefined ? before : { ...before, parameters: choices };
  return jobVersion === undefined ? before : { ...before, version };
}

function timeFrom(
  before: ScheduleTime | undefined,
  { once, cron, timeZone }: SettingOptions,
): ScheduleTime | undefined {
  if (once !== undefined && cron !== undefined) throw wrong("A schedule has --once or --cron.");
  if (once !== undefined) return { once };
  const known = before !== undefined && "cron" in before ? before : undefined;
  if (cron !== undefined) return { cron, timeZone: timeZone ?? known?.timeZone ?? "UTC" };
  return known !== undefined && timeZone !== undefined ? { ...known, timeZone } : before;
}

function missedFrom(text: string): Missed {
  return text === "skip" || text === "run-once" ? text : { withinSeconds: wholeNumber(text, "--missed") };
}

/** "mon-fri", "22:00-05:00" and so on, in pairs. @throws cli.usage.wrong (caller) */
function rulesIn(words: readonly string[]): WindowRule[] {
  if (words.length % 2 !== 0) throw wrong("A rule is days and times, e.g. mon-fri 22:00-05:00.");
  return Array.from({ length: words.length / 2 }, (_, index) => {
    const [from = "", to = ""] = (words[2 * index + 1] ?? "").split("-");
    // The end of a day is the beginning of the next one.
    return { days: (words[2 * index] ?? "").split(",").flatMap(daysIn), from, to: to === "24:00" ? "00:00" : to };
  });
}

function daysIn(text: string): WindowRule["days"] {
  const [from, to = from] = text.toLowerCase().split("-");
  const [first, last] = [from, to].map((word) => weekdays.findIndex((day) => day === word));
  if (first === undefined || last === undefined || first < 0 || last < 0) {
    throw wrong(`${text} is none of ${weekdays.join(", ")}, nor from one to another.`);
  }
  return last >= first ? weekdays.slice(first, last + 1) : [...weekdays.slice(first), ...weekdays.slice(0, last + 1)];
}

async function list({ json: isJson }: JsonOption): Promise<void> {
  const { items } = await signedInClient().schedules.list();
  if (isJson === true) return printJson(items);
  printTable(
    ["NAME", "STARTS", "WHEN", "NEXT", "LAST", "OUTCOME"],
    items.map((one) => [
      one.name,
      workInWords(one.work),
      inWords(one.at),
      one.nextAt,
      one.last?.dueAt ?? null,
      one.last?.outcome ?? null,
    ]),
  );
}

async function show(name: string, { json: isJson }: JsonOption): Promise<void> {
  const client = signedInClient();
  const one = await client.schedules.show({ params: { name } });
  const { items } = await client.schedules.fires({ params: { name } });
  if (isJson === true) return printJson({ ...one, fires: items });
  shown(one, undefined);
  printTable(
    ["DUE", "NOTICED", "OUTCOME", "RUN", "WHY"],
    items.map(({ dueAt, at, outcome, run, error }) => [dueAt, at, outcome, run, error?.code ?? null]),
  );
}

function shown(one: Schedule, isJson: true | undefined): void {
  if (isJson === true) return printJson(one);
  const { missed, target } = one;
  printFacts([
    ["name", one.name],
    ["starts", workInWords(one.work)],
    ["on", target.collection ?? target.filter ?? (target.devices ?? []).join(", ")],
    ["when", inWords(one.at)],
    ["window", one.window],
    ["when missed", typeof missed === "string" ? missed : `run if no more than ${missed.withinSeconds} s late`],
    ["switched", one.isOn ? "on" : "off"],
    ["reason", one.reason],
    ["next", one.nextAt],
  ]);
}

async function next(
  name: string | undefined,
  { days, json: isJson }: JsonOption & { readonly days: string },
): Promise<void> {
  const now = systemClock().now();
  const to = new Date(now + wholeNumber(days, "--days") * dayMs).toISOString();
  const query = { from: new Date(now).toISOString(), to, ...(name === undefined ? {} : { schedule: name }) };
  const calendar = await signedInClient().schedules.calendar({ query });
  if (isJson === true) return printJson(calendar);
  printTable(
    ["SCHEDULE", "AT"],
    calendar.fires.map(({ schedule, at }) => [schedule, at]),
  );
}

async function listWindows({ json: isJson }: JsonOption): Promise<void> {
  const { items } = await signedInClient().windows.list();
  if (isJson === true) return printJson(items);
  printTable(
    ["NAME", "TIME ZONE", "OPEN", "OPENS", "RULES", "USED BY"],
    items.map(({ name, timeZone, isOpen, opensAt, rules, usedBy }) => [
      name,
      timeZone,
      isOpen ? "yes" : "no",
      opensAt,
      rules.map(({ days, from, to }) => `${days.join(",")} ${from}-${to}`).join("; "),
      usedBy.join(", "),
    ]),
  );
}

function workInWords(work: ScheduledWork): string {
  return "operation" in work ? work.operation : `job ${work.job}, version ${work.version}`;
}

function inWords(at: ScheduleTime): string {
  return "once" in at ? at.once : `${at.cron} (${at.timeZone})`;
}

function wrong(message: string): Error {
  return fail("cli.usage.wrong", { message });
}
