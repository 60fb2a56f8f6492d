import type { Command } from "commander";
import { signedInClient } from "../account.ts";
import { printJson, printTable } from "../output.ts";

/** `vigil collection list`. */
export function addCollectionCommands(program: Command): void {
  program
    .command("collection")
    .description("sets of devices")
    .command("list")
    .description("list collections with the number of devices in each")
    .option("--json", "print JSON")
    .action(list);
}

async function list(options: { readonly json?: true }): Promise<void> {
  const { items } = await signedInClient().collections.list();
  if (options.json === true) return printJson(items);
  printTable(
    ["NAME", "KIND", "DEVICES"],
    items.map((one) => [one.name, one.isBuiltIn ? "built in" : one.kind, one.count]),
  );
}
