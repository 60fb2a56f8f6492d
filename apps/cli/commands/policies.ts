import type { Command } from "commander";
import type { Policy, PolicySettings, Standing } from "@vigil/api/resources/policies.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { choicesIn, operationNamed } from "../operation-options.ts";
import { printFacts, printJson, printTable } from "../output.ts";
import { wholeNumber } from "../whole-number.ts";

interface JsonOption {
  readonly json?: true;
}

interface SettingOptions extends JsonOption {
  readonly collection?: string;
  readonly desired?: string;
  readonly asProfile?: true;
  readonly look?: string;
  readonly remedy?: string;
  readonly with?: readonly string[];
  readonly enforce?: boolean;
  readonly every?: string;
  readonly most?: string;
  readonly window?: string;
  readonly description?: string;
}

const examples = `
  vigil policy create "As its profile" --collection Provisioned --as-profile --look profile.look --every 24
  vigil policy plan --collection Tills --desired "power = on" --remedy power.on --enforce
  vigil policy change "As its profile" --remedy profile.apply --enforce`;

const usual: PolicySettings = {
  description: "",
  collection: "Provisioned",
  desired: { asProfile: true },
  look: null,
  remedy: null,
  isEnforced: false,
  everyHours: null,
  window: null,
  mostRemediedPercent: 20,
};

/** `vigil policy …`: what should be true of a collection. */
export function addPolicyCommands(program: Command): void {
  const policy = program
    .command("policy")
    .description("what should be true of the devices of a collection")
    .addHelpText("after", examples);
  const json = ["--json", "print JSON"] as const;
  policy
    .command("list")
    .description("list policies with how many devices are as they should be")
    .option(...json)
    .action(list);
  policy
    .command("show <name>")
    .description("one policy and its last round")
    .option(...json)
    .action(show);
  settings(policy.command("create <name>").description("make a policy"), async (name, given) => {
    const body = { name, settings: settingsFrom(usual, given) };
    shown(await signedInClient().policies.create({ body }), given.json);
  });
  settings(policy.command("change <name>").description("change what is said; the rest stays"), async (name, given) => {
    const client = signedInClient();
    const before = await client.policies.show({ params: { name } });
    const body = settingsFrom(settingsOf(before), given);
    shown(await client.policies.change({ params: { name }, body }), given.json);
  });
  settings(policy.command("plan").description("what such a policy would find and do now; no device is asked"), plan);
  policy
    .command("run <name>")
    .description("begin a round now")
    .option(...json)
    .action(run);
  policy
    .command("devices <name>")
    .description("how each device stands, the deviating first")
    .option("--standing <standing>", "only these: compliant, deviating, unknown")
    .option("--limit <number>", "devices to print", "1000")
    .option(...json)
    .action(devices);
  policy
    .command("remove <name>")
    .description("remove a policy and what it found; devices stay as they are")
    .action(async (name: string) => void (await signedInClient().policies.remove({ params: { name } })));
}

function settings(command: Command, act: (name: string, given: SettingOptions) => Promise<void>): void {
  command
    .option("--collection <name>", "whose devices")
    .option("--desired <filter>", 'what should hold of each, e.g. "release >= 16"')
    .option("--as-profile", "each should be as its profile says")
    .option(
      "--look <operation>",
      "an operation that reads, carried out first: power.state, profile.look; none: what is stored counts",
    )
    .option("--remedy <operation>", "what makes a device as it should be; none: nothing does")
    .option("--with <choices...>", "the remedy's choices, each as name=value")
    .option("--enforce", "give the remedy to those that deviate")
    .option("--no-enforce", "only report")
    .option("--every <hours>", "hours from one round to the next; never: by hand only")
    .option("--most <percent>", "the largest share of the collection that is remedied at once")
    .option("--window <name>", "give remedies in this maintenance window alone; none: at any time")
    .option("--description <text>", "what it is for")
    .option("--json", "print JSON");
  const hasName = command.registeredArguments.length > 0;
  command.action((...given: unknown[]) => act(hasName ? String(given[0]) : "", command.opts<SettingOptions>()));
}

/** @throws cli.usage.wrong (caller) */
function settingsFrom(before: PolicySettings, given: SettingOptions): PolicySettings {
  const { collection, desired, asProfile, look, remedy, enforce, every, most, window, description } = given;
  if (desired !== undefined && asProfile === true) {
    throw fail("cli.usage.wrong", { message: "A policy has either --desired or --as-profile." });
  }
  return {
    description: description ?? before.description,
    collection: collection ?? before.collection,
    desired: desired === undefined ? (asProfile === true ? { asProfile } : before.desired) : { filter: desired },
    look: look === undefined ? before.look : look === "none" ? null : operationNamed(look),
    remedy: remedy === undefined ? before.remedy : remedy === "none" ? null : remedyOf(remedy, given.with ?? []),
    isEnforced: enforce ?? before.isEnforced,
    everyHours: every === undefined ? before.everyHours : every === "never" ? null : wholeNumber(every, "--every"),
    window: window === undefined ? before.window : window === "none" ? null : window,
    mostRemediedPercent: most === undefined ? before.mostRemediedPercent : wholeNumber(most, "--most"),
  };
}

function remedyOf(operation: string, words: readonly string[]): NonNullable<PolicySettings["remedy"]> {
  const parameters = words.length === 0 ? {} : { parameters: choicesIn(words) };
  return { operation: operationNamed(operation), ...parameters };
}

function settingsOf(policy: Policy): PolicySettings {
  const { description, collection, desired, look, remedy, isEnforced, everyHours, window, mostRemediedPercent } =
    policy;
  return { description, collection, desired, look, remedy, isEnforced, everyHours, window, mostRemediedPercent };
}

async function show(name: string, { json }: JsonOption): Promise<void> {
  shown(await signedInClient().policies.show({ params: { name } }), json);
}

async function run(name: string, { json }: JsonOption): Promise<void> {
  shown(await signedInClient().policies.run({ params: { name } }), json);
}

async function list({ json }: JsonOption): Promise<void> {
  const { items } = await signedInClient().policies.list();
  if (json === true) return printJson(items);
  printTable(
    ["NAME", "COLLECTION", "COMPLIANT", "DEVIATING", "UNKNOWN", "NOT LOOKED AT", "ENFORCED", "LAST ROUND"],
    items.map(({ name, collection, counts, fresh, isEnforced, round }) => [
      name,
      collection,
      String(counts.compliant),
      String(counts.deviating),
      String(counts.unknown),
      String(fresh),
      isEnforced ? "yes" : "no",
      round?.startedAt ?? null,
    ]),
  );
}

function shown(policy: Policy, json: true | undefined): void {
  if (json === true) return printJson(policy);
  const { counts, round } = policy;
  printFacts([
    ["name", policy.name],
    ["description", policy.description],
    ["collection", policy.collection],
    ["desired", policy.desired.filter ?? "as its profile says"],
    ["looks by", policy.look ?? "what is stored"],
    ["remedy", policy.remedy?.operation ?? null],
    ["enforced", policy.isEnforced ? `yes, on at most ${policy.mostRemediedPercent} % at once` : "no"],
    ["window", policy.window],
    ["every", policy.everyHours === null ? "by hand" : `${policy.everyHours} h`],
    ["compliant", String(counts.compliant)],
    ["deviating", String(counts.deviating)],
    ["unknown", String(counts.unknown)],
    ["not looked at", String(policy.fresh)],
    [
      "last round",
      round === null ? null : `${round.startedAt}, ${round.state}${round.withheld === "" ? "" : `: ${round.withheld}`}`,
    ],
    ["next round", policy.nextAt],
  ]);
}

async function plan(_name: string, given: SettingOptions): Promise<void> {
  const found = await signedInClient().policies.plan({ body: settingsFrom(usual, given) });
  if (given.json === true) return printJson(found);
  printFacts([
    ["compliant", String(found.counts.compliant)],
    ["deviating", String(found.counts.deviating)],
    ["unknown", String(found.counts.unknown)],
    ["would do", found.remedy],
  ]);
  printTable(
    ["HOST NAME", "ADDRESS", "UUID"],
    found.deviating.map((one) => [one.hostName, one.address, one.uuid]),
  );
}

async function devices(
  name: string,
  { standing, limit, json }: JsonOption & { readonly standing?: string; readonly limit: string },
): Promise<void> {
  const only = standing === undefined ? {} : { standing: standingNamed(standing) };
  const query = { ...only, limit: wholeNumber(limit, "--limit") };
  const { items, total } = await signedInClient().policies.findings({ params: { name }, query });
  if (json === true) return printJson({ items, total });
  printTable(
    ["HOST NAME", "ADDRESS", "STANDING", "SINCE", "LOOKED AT", "WHY"],
    items.map((one) => [one.hostName, one.address, one.standing, one.since, one.lookedAt, one.error?.code ?? null]),
  );
}

function standingNamed(text: string): Standing {
  const all = ["compliant", "deviating", "unknown"] as const;
  const found = all.find((one) => one === text);
  if (found === undefined) throw fail("cli.usage.wrong", { message: `${text} is none of ${all.join(", ")}.` });
  return found;
}
