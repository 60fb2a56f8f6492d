import { Option, type Command } from "commander";
import { systemClock } from "@vigil/base/clock.ts";
import type { VigilClient } from "@vigil/api/client.ts";
import type { Device, DeviceSummary } from "@vigil/api/resources/devices.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { ageOf, printFacts, printJson, printTable } from "../output.ts";

interface ListOptions {
  readonly collection?: string;
  readonly state?: DeviceSummary["state"];
  readonly power?: DeviceSummary["power"];
  readonly search?: string;
  readonly filter?: string;
  readonly json?: true;
}

/** The same words as in the contract. */
const states = [
  "factory",
  "provisioning",
  "provisioned",
  "failed",
  "foreign",
  "retired",
] as const satisfies DeviceSummary["state"][];
const powers = ["on", "sleep", "hibernate", "off", "unknown"] as const satisfies DeviceSummary["power"][];

/** `vigil device list|show|tag|provision`. @returns `device`, to which life.ts adds */
export function addDeviceCommands(program: Command): Command {
  const device = program.command("device").description("devices in the registry");
  device
    .command("list")
    .description("list devices")
    .option("--collection <name>", "only those in this collection")
    .addOption(new Option("--state <state>", "only those in this state").choices(states))
    .addOption(new Option("--power <power>", "only those last seen like this").choices(powers))
    .option("--search <text>", "part of a host name, address, uuid, release or model")
    .option("--filter <filter>", 'those for which it holds, e.g. "release >= 16 and not tag = kiosk"')
    .option("--json", "print JSON")
    .action(list);
  device
    .command("show <device>")
    .description("show one device: by uuid, host name or address")
    .option("--refresh", "ask the device first")
    .option("--json", "print JSON")
    .action(show);
  device
    .command("tag <devices...>")
    .description("give tags to devices and take tags from them")
    .option("--add <tags...>", "tags to give")
    .option("--remove <tags...>", "tags to take")
    .option("--json", "print JSON")
    .action(tag);
  device
    .command("provision <devices...>")
    .description("provision devices again, each from its first step that is not done")
    .option("--json", "print JSON")
    .action(provision);
  return device;
}

async function list(options: ListOptions): Promise<void> {
  const { collection, state, power, search, filter } = options;
  const items = await allDevices({
    ...(collection === undefined ? {} : { collection }),
    ...(state === undefined ? {} : { state }),
    ...(power === undefined ? {} : { power }),
    ...(search === undefined ? {} : { search }),
    ...(filter === undefined ? {} : { filter }),
  });
  if (options.json === true) return printJson(items);
  const now = systemClock().now();
  printTable(
    ["HOST NAME", "ADDRESS", "STATE", "RELEASE", "POWER", "SEEN", "UUID"],
    items.map((one) => [
      one.hostName,
      one.address,
      one.error === null ? one.state : `${one.state} (${one.error.code})`,
      one.release,
      one.power,
      ageOf(one.lastSeenAt, now),
      one.uuid,
    ]),
  );
}

async function allDevices(query: Omit<ListOptions, "json">): Promise<DeviceSummary[]> {
  const client = signedInClient();
  const limit = 5_000;
  const all: DeviceSummary[] = [];
  for (;;) {
    const page = await client.devices.list({ query: { ...query, sort: "hostName", limit, offset: all.length } });
    all.push(...page.items);
    if (page.items.length === 0 || all.length >= page.total) return all;
  }
}

async function tag(
  names: readonly string[],
  options: { readonly add?: string[]; readonly remove?: string[]; readonly json?: true },
): Promise<void> {
  const client = signedInClient();
  const devices: string[] = [];
  for (const name of names) devices.push(await idOf(client, name));
  const { add = [], remove = [] } = options;
  const answer = await client.devices.tag({ body: { devices, add, remove } });
  if (options.json === true) return printJson(answer);
  process.stderr.write(`Changed ${answer.changed} of ${devices.length}\n`);
}

async function provision(names: readonly string[], options: { readonly json?: true }): Promise<void> {
  const client = signedInClient();
  const ids: string[] = [];
  for (const name of names) ids.push(await idOf(client, name));
  const asked: Device[] = [];
  for (const id of ids) asked.push(await client.devices.provision({ params: { id } }));
  if (options.json === true) return printJson(asked);
  process.stderr.write(`Asked for ${asked.length}. Follow them: vigil device list --state provisioning\n`);
}

/** @throws cli.usage.wrong when the name is nobody's, or more than one device's */
export async function idOf(client: VigilClient, name: string): Promise<string> {
  const query = { search: name, limit: 20_000 };
  let { items: found } = await client.devices.list({ query });
  // Retired ones are in no list that does not ask for them.
  if (found.length === 0) ({ items: found } = await client.devices.list({ query: { ...query, state: "retired" } }));
  const wanted = name.toLowerCase();
  const match = found.filter((one) => [one.uuid, one.hostName?.toLowerCase(), one.address].includes(wanted));
  const [only, other] = match.length > 0 ? match : found;
  if (only === undefined || other !== undefined) {
    const message = only === undefined ? `No device is called ${name}` : `${name} names more than one device`;
    throw fail("cli.usage.wrong", { message });
  }
  return only.uuid;
}

async function show(name: string, options: { readonly refresh?: true; readonly json?: true }): Promise<void> {
  const client = signedInClient();
  const params = { id: await idOf(client, name) };
  const device =
    options.refresh === true ? await client.devices.refresh({ params }) : await client.devices.show({ params });
  if (options.json === true) return printJson(device);
  const now = systemClock().now();
  printFacts([
    ["host name", device.hostName],
    ["uuid", device.uuid],
    ["address", device.address],
    ["state", device.state],
    ["power", `${device.power} (${ageOf(device.powerAt, now)})`],
    ["release", device.release],
    ["model", [device.manufacturer, device.model].filter((one) => one !== null).join(" ") || null],
    ["serial number", device.serialNumber],
    ["life", device.lifeSince === null ? device.life : `${device.life} (${ageOf(device.lifeSince, now)})`],
    ["retired", retiredWords(device)],
    ["isolation", isolationWords(device)],
    ["channel", channelWords[device.channel]],
    ["control mode", device.controlMode],
    ["set up by", device.setupMethod],
    ["profile", device.profile],
    ["collections", device.collections.join(", ")],
    [
      "certificate",
      device.certificate === null ? null : `${device.certificate.subject} until ${device.certificate.expiresAt}`,
    ],
    ["last seen", ageOf(device.lastSeenAt, now)],
    ["error", device.error === null ? null : `${device.error.code}: ${device.error.message}. ${device.error.next}`],
  ]);
}

/** Since when the machine is cut off from the network, by whom and why. */
function isolationWords({ isolation }: Device): string | null {
  if (isolation === null) return null;
  const { state, since, by, reason } = isolation;
  const stands = { wanted: "wanted", on: "isolated", releasing: "being released" }[state];
  return `${stands} since ${since} by ${by} because ${reason}`;
}

/** Red in the console; here in words, with the way out of it. */
const channelWords = {
  plain: "no TLS: give it a profile with TLS, then vigil profile apply",
  tls: "TLS",
  mutual: "mutual TLS",
} as const satisfies Readonly<Record<Device["channel"], string>>;

function retiredWords({ retired }: Device): string | null {
  if (retired === null) return null;
  const kept =
    retired.secretsUntil === null ? "its secrets are gone" : `its secrets are kept until ${retired.secretsUntil}`;
  return `because it is ${retired.because}; ${kept}`;
}
