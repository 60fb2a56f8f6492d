import { readFileSync } from "node:fs";
import type { Command } from "commander";
import type { ProfileSettings } from "@vigil/api/resources/profile-settings.ts";
import type { Profile, ProfileRemark } from "@vigil/api/resources/profiles.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { printFacts, printJson, printTable } from "../output.ts";
import { askSecret } from "../secret.ts";
import { startJob, type JobOptions } from "./power.ts";

interface JsonOption {
  readonly json?: true;
}

interface StoreOptions extends JsonOption {
  readonly file: string;
  readonly note?: string;
}

const examples = `
A profile is edited as a file: show it, change the file, store it.

  vigil profile show Default --settings > default.json
  vigil profile store Default --file default.json --note "no ping"
  vigil profile apply --collection Provisioned --wait`;

/** `vigil profile …`: desired configurations, and the devices' drift from them. */
export function addProfileCommands(program: Command): void {
  const profile = program
    .command("profile")
    .description("desired configurations of devices")
    .addHelpText("after", examples);
  const json = ["--json", "print JSON"] as const;
  profile
    .command("list")
    .description("list profiles")
    .option(...json)
    .action(list);
  profile
    .command("show <name>")
    .description("one profile")
    .option("--settings", "its settings alone, as a file for `store`")
    .option(...json)
    .action(show);
  profile
    .command("versions <name>")
    .description("all versions, newest first")
    .option(...json)
    .action(versions);
  profile
    .command("diff <name>")
    .description("what differs between two versions")
    .requiredOption("--from <version>", "the older one")
    .requiredOption("--to <version>", "the newer one")
    .option(...json)
    .action(diff);
  profile
    .command("check <file>")
    .description("what is unwise or impossible about settings; nothing is stored")
    .option("--release <release>", "for devices of that firmware release, e.g. 12.0")
    .option(...json)
    .action(check);
  profile
    .command("store <name>")
    .description("store a new version; a profile that is not there yet is made")
    .requiredOption("--file <file>", "the settings, as `show --settings` prints them")
    .option("--note <text>", "why")
    .option(...json)
    .action(store);
  profile
    .command("roll-back <name>")
    .description("make an older version the newest again")
    .requiredOption("--to <version>", "which")
    .option("--note <text>", "why")
    .option(...json)
    .action(rollBack);
  profile
    .command("secret <name> <secret>")
    .description("set a secret that the settings call for; it is asked for, or taken from VIGIL_PROFILE_SECRET")
    .option(...json)
    .action(setSecret);
  profile
    .command("default <name>")
    .description("make it the default")
    .option(...json)
    .action(makeDefault);
  profile
    .command("remove <name>")
    .description("remove a profile that no device has")
    .option(...json)
    .action(remove);
  addJob(profile, "apply", "make devices as their profile says, writing only what differs, as a job");
  addJob(profile, "drift", "compare devices with their profile, as a job; nothing is changed");
}

function addJob(profile: Command, verb: "apply" | "drift", description: string): void {
  const operation = verb === "apply" ? "profile.apply" : "profile.look";
  profile
    .command(`${verb} [devices...]`)
    .description(`${description}: by uuid, host name or address`)
    .option("--collection <name>", "all devices of this collection")
    .option("--wait", "wait for every result")
    .option("--reason <text>", "why, for the audit trail")
    .option("--json", "print JSON")
    .action((devices: string[], options: JobOptions) => startJob(operation, devices, options));
}

async function list({ json }: JsonOption): Promise<void> {
  const { items } = await signedInClient().profiles.list();
  if (json === true) return printJson(items);
  printTable(
    ["NAME", "VERSION", "DEVICES", "OUTDATED", "REMARKS", "CHANGED", "BY"],
    items.map((one) => [
      one.isDefault ? `${one.name} (default)` : one.name,
      one.version,
      one.devices,
      one.outdated,
      one.remarks.length,
      one.changedAt,
      one.changedBy,
    ]),
  );
}

async function show(name: string, options: JsonOption & { readonly settings?: true }): Promise<void> {
  const profile = await signedInClient().profiles.show({ params: { name } });
  if (options.settings === true) return printJson(profile.settings);
  print(profile, options);
}

async function versions(name: string, { json }: JsonOption): Promise<void> {
  const { items } = await signedInClient().profiles.versions({ params: { name } });
  if (json === true) return printJson(items);
  printTable(
    ["VERSION", "CHANGED", "BY", "NOTE"],
    items.map((one) => [one.version, one.changedAt, one.changedBy, one.note]),
  );
}

async function diff(name: string, { from, to, json }: JsonOption & { from: string; to: string }): Promise<void> {
  const query = { from: versionIn(from), to: versionIn(to) };
  const { changes } = await signedInClient().profiles.diff({ params: { name }, query });
  if (json === true) return printJson(changes);
  printTable(
    ["SETTING", "BEFORE", "AFTER"],
    changes.map((one) => [one.setting, one.before, one.after]),
  );
}

async function check(file: string, { release, json }: JsonOption & { readonly release?: string }): Promise<void> {
  const body = { settings: settingsIn(file), ...(release === undefined ? {} : { release }) };
  const { remarks } = await signedInClient().profiles.check({ body });
  if (json === true) printJson(remarks);
  else printRemarks(remarks);
  if (remarks.some(({ weight }) => weight === "refused")) process.exitCode = 1;
}

async function store(name: string, options: StoreOptions): Promise<void> {
  const client = signedInClient();
  const settings = settingsIn(options.file);
  const note = options.note === undefined ? {} : { note: options.note };
  const { items } = await client.profiles.list();
  const known = items.find((one) => one.name === name);
  const stored =
    known === undefined
      ? await client.profiles.create({ body: { name, settings, ...note } })
      : await client.profiles.change({ params: { name }, body: { basedOn: known.version, settings, ...note } });
  print(stored, options);
}

async function rollBack(name: string, options: JsonOption & { to: string; note?: string }): Promise<void> {
  const body = { to: versionIn(options.to), ...(options.note === undefined ? {} : { note: options.note }) };
  print(await signedInClient().profiles.rollBack({ params: { name }, body }), options);
}

async function setSecret(name: string, secret: string, options: JsonOption): Promise<void> {
  const client = signedInClient();
  const value = await askSecret("VIGIL_PROFILE_SECRET", `${secret} of ${name}`);
  print(await client.profiles.setSecret({ params: { name }, body: { secret, value } }), options);
}

async function makeDefault(name: string, options: JsonOption): Promise<void> {
  print(await signedInClient().profiles.makeDefault({ params: { name } }), options);
}

async function remove(name: string, { json }: JsonOption): Promise<void> {
  await signedInClient().profiles.remove({ params: { name } });
  if (json === true) printJson({ removed: name });
  else process.stderr.write(`Removed ${name}\n`);
}

function print(profile: Profile, { json }: JsonOption): void {
  if (json === true) return printJson(profile);
  printFacts([
    ["name", profile.isDefault ? `${profile.name} (default)` : profile.name],
    ["version", profile.version],
    ["changed", `${profile.changedAt} by ${profile.changedBy}${profile.note === null ? "" : `: ${profile.note}`}`],
    ["devices", `${profile.devices}, ${profile.outdated} of them with an older version`],
    ["secrets", profile.secrets.map((one) => `${one.name} (${one.isSet ? "set" : "missing"})`).join(", ") || null],
  ]);
  printRemarks(profile.remarks);
}

function printRemarks(remarks: readonly ProfileRemark[]): void {
  if (remarks.length === 0) return;
  printTable(
    ["SETTING", "WEIGHT", "WHAT"],
    remarks.map((one) => [one.setting, one.weight, one.text]),
  );
}

function settingsIn(file: string): ProfileSettings {
  try {
    // The server checks every part of it.
    return JSON.parse(readFileSync(file, "utf8")) as ProfileSettings;
  } catch (cause) {
    throw fail("cli.usage.wrong", { message: `No settings can be read from ${file}`, cause });
  }
}

function versionIn(text: string): number {
  const version = Number(text);
  if (Number.isInteger(version) && version >= 1) return version;
  throw fail("cli.usage.wrong", { message: `A version is a whole number from 1, not ${text}` });
}
