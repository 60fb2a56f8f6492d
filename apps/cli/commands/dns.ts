import type { Command } from "commander";
import { signedInClient } from "../account.ts";
import { printJson, printTable } from "../output.ts";

/** `vigil dns check [suffix]`. */
export function addDnsCommands(program: Command): void {
  program
    .command("dns")
    .description("how devices find the server")
    .command("check [suffix]")
    .description(
      "look for ProvisionServer in one DNS suffix or in all that are known. Exit code 1 when one leads elsewhere",
    )
    .option("--json", "print JSON")
    .action(check);
}

async function check(suffix: string | undefined, options: { readonly json?: true }): Promise<void> {
  const query = suffix === undefined ? {} : { suffix };
  const { items } = await signedInClient().setupCertificates.checkDns({ query });
  process.exitCode = items.every((one) => one.status === "here") ? 0 : 1;
  if (options.json === true) return printJson(items);
  printTable(
    ["SUFFIX", "DEVICES", "STATUS", "ALIAS OF", "ADDRESSES"],
    items.map((one) => [one.suffix, one.devices, one.status, one.alias, one.addresses.join(", ") || null]),
  );
  for (const { suffix: of, status, next, records, servers } of items) {
    if (status === "here") continue;
    process.stdout.write(`\n${of}: ${next}\n  asked: ${servers.join(", ")}\n`);
    for (const record of records) process.stdout.write(`  ${record}\n`);
  }
}
