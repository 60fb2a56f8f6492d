import type { Command } from "commander";
import type { Sight } from "@vigil/api/resources/visits.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { printFacts, printJson } from "../output.ts";
import { askSecret } from "../secret.ts";

interface AdoptOptions {
  readonly user: string;
  readonly plain?: true;
  readonly fingerprint?: string;
  readonly reason?: string;
  readonly json?: true;
}

const after = `
The password is taken from VIGIL_AMT_PASSWORD, or asked for. It is never an argument. Everything else by address needs no server:
vigil amt HOST`;

/** `vigil look HOST`, `vigil adopt HOST`. */
export function addVisitCommands(program: Command): void {
  program
    .command("look <host>")
    .description("what answers at an address, as the server sees it: which ports, and which certificate")
    .option("--json", "print JSON")
    .action(look);
  program
    .command("adopt <host>")
    .description(
      "take a device into the registry that somebody else has set up: by its address and its admin's password",
    )
    .option("--user <name>", "the device's user", "admin")
    .option("--fingerprint <sha256>", "log in over TLS, to this certificate alone")
    .option("--plain", "log in without TLS")
    .option("--reason <text>", "why, for the activity log")
    .option("--json", "print JSON")
    .addHelpText("after", after)
    .action(adopt);
}

async function look(host: string, { json }: { readonly json?: true }): Promise<void> {
  const sight = await signedInClient().visits.look({ body: { host } });
  if (json === true) return printJson(sight);
  printFacts(factsOf(sight));
}

function factsOf({ certificate, hasPlain }: Sight): readonly (readonly [string, string | null])[] {
  return [
    ["TLS, port 16993", certificate === null ? "no" : "yes"],
    ["plain, port 16992", hasPlain ? "yes" : "no"],
    ["certificate", certificate?.subject ?? null],
    ["issued by", certificate === null ? null : certificate.isOurs ? "Vigil" : certificate.issuer],
    ["expires", certificate?.expiresAt ?? null],
    ["fingerprint", certificate?.fingerprint ?? null],
  ];
}

async function adopt(host: string, { user, plain, fingerprint, reason, json }: AdoptOptions): Promise<void> {
  if ((plain === true) === (fingerprint !== undefined)) {
    throw fail("cli.usage.wrong", {
      message: "Say how to log in: --fingerprint SHA256 of its certificate (vigil look HOST shows it), or --plain",
    });
  }
  const client = signedInClient();
  const password = await askSecret("VIGIL_AMT_PASSWORD", `Password of ${user} on ${host}`);
  const pin = fingerprint === undefined ? {} : { fingerprint: fingerprint.toUpperCase() };
  const { id } = await client.visits.open({ body: { host, username: user, password, ...pin } });
  const params = { id };
  let uuid: string;
  try {
    ({ device: uuid } = await client.visits.adopt({ params, body: reason === undefined ? {} : { reason } }));
  } catch (error) {
    await client.visits.close({ params });
    throw error;
  }
  if (json === true) return printJson({ host, uuid });
  process.stdout.write(`${uuid}\n`);
  process.stderr.write(`Adopted. Give it TLS and a password of its own: vigil profile apply ${uuid}\n`);
}
