import type { Command } from "commander";
import { signedInClient } from "../account.ts";
import type { Collection } from "@vigil/api/resources/collections.ts";
import { printFacts, printJson, printTable } from "../output.ts";
import { idOf } from "./devices.ts";

interface Held {
  readonly filter?: string;
  readonly devices?: readonly string[];
}

/** `vigil collection list|create|change|remove|preview|explain`. */
export function addCollectionCommands(program: Command): void {
  const collection = program.command("collection").description("sets of devices");
  collection
    .command("list")
    .description("list collections with the number of devices in each")
    .option("--json", "print JSON")
    .action(list);
  for (const [name, about, run] of [
    ["create", "make a collection", create],
    ["change", "give a collection other devices", change],
  ] as const) {
    collection
      .command(`${name} <name>`)
      .description(about)
      .option("--filter <filter>", 'what holds for its devices, e.g. "release >= 16 and not tag = kiosk"')
      .option("--devices <devices...>", "its devices: uuids, host names or addresses")
      .option("--json", "print JSON")
      .action(run);
  }
  collection
    .command("remove <name>")
    .description("remove a collection; its devices stay")
    .action(async (name: string) => void (await signedInClient().collections.remove({ params: { name } })));
  collection
    .command("preview <filter>")
    .description("how a filter is understood, and which devices it holds for")
    .option("--limit <number>", "devices to name", "20")
    .option("--json", "print JSON")
    .action(preview);
  collection
    .command("explain <name> <device>")
    .description("why a device is in a collection or is not")
    .option("--json", "print JSON")
    .action(explain);
}

async function create(name: string, { json, ...held }: Held & { readonly json?: true }): Promise<void> {
  shown(await signedInClient().collections.create({ body: { name, ...bodyOf(held) } }), json);
}

async function change(name: string, { json, ...held }: Held & { readonly json?: true }): Promise<void> {
  shown(await signedInClient().collections.change({ params: { name }, body: bodyOf(held) }), json);
}

function bodyOf({ filter, devices }: Held) {
  return {
    ...(filter === undefined ? {} : { filter }),
    ...(devices === undefined ? {} : { devices: [...devices] }),
  };
}

function shown(one: Collection, json: true | undefined): void {
  if (json === true) return printJson(one);
  printFacts([
    ["name", one.name],
    ["filter", one.filter],
    ["devices", String(one.count)],
  ]);
}

async function preview(filter: string, options: { readonly limit: string; readonly json?: true }): Promise<void> {
  const found = await signedInClient().collections.preview({ body: { filter, limit: Number(options.limit) } });
  if (options.json === true) return printJson(found);
  printFacts([
    ["filter", found.filter === "" ? "(every device)" : found.filter],
    ["devices", String(found.count)],
  ]);
  printTable(
    ["HOST NAME", "ADDRESS", "UUID"],
    found.items.map((one) => [one.hostName, one.address, one.uuid]),
  );
}

async function explain(name: string, device: string, options: { readonly json?: true }): Promise<void> {
  const client = signedInClient();
  const { parts } = await client.collections.explain({ params: { name, id: await idOf(client, device) } });
  if (options.json === true) return printJson(parts);
  for (const { depth, text, holds, found } of parts) {
    const has = found === undefined ? "" : `   (it has ${found ?? "nothing known"})`;
    process.stdout.write(`${holds ? "yes" : "no "}  ${"  ".repeat(depth)}${text}${has}\n`);
  }
}

async function list(options: { readonly json?: true }): Promise<void> {
  const { items } = await signedInClient().collections.list();
  if (options.json === true) return printJson(items);
  printTable(
    ["NAME", "KIND", "DEVICES", "FILTER"],
    items.map((one) => [one.name, one.isBuiltIn ? "built in" : one.kind, one.count, one.filter]),
  );
}
