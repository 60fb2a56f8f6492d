import { readFileSync, writeFileSync } from "node:fs";
import { Option, type Command } from "commander";
import {
  revocationReasons,
  type Authority,
  type AuthorityDetail,
  type AuthorityReport,
  type IssuedCertificate,
  type RevocationReason,
} from "@vigil/api/resources/authorities.ts";
import type { VigilClient } from "@vigil/api/client.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { printJson, printTable } from "../output.ts";
import { idOf } from "./devices.ts";

/** Larger than any chain; the server says the same. */
const mostBytes = 65_536;

interface Json {
  readonly json?: true;
}

/** `vigil authority list|show|create|request|inspect|install|use|remove|certificates|revoke|crl`. */
export function addAuthorityCommands(program: Command): void {
  const authority = program
    .command("authority")
    .description("who issues the devices' TLS certificates: Vigil itself, or a company's authority");
  const add = (usage: string, description: string): Command =>
    authority.command(usage).description(description).option("--json", "print JSON");
  add("list", "list them, with the devices that show a certificate of each").action(list);
  add("show <authority>", "its chain, and every rule that it is held against").action(show);
  add("create <name>", "make another one of Vigil's own, with a new root").action(create);
  add("request <name>", "make a key and a certificate request, for a company's authority to sign")
    .option("--common-name <name>", "of the certificate that is asked for", "Vigil Device Authority")
    .option("--organization <name>", "of the same", "Vigil")
    .option("--out <file>", "where to write the request; printed without it")
    .action(request);
  add("inspect <authority> <file>", "check a signed chain; nothing is kept. Exit code 1 when a rule is broken").action(
    inspect,
  );
  add("install <authority> <file>", "take the signed certificate with its issuers up to the root (PEM)").action(
    install,
  );
  add("use <authority>", "put it to use: devices get certificates of it, in waves").action(use);
  add("remove <authority>", "remove one that was never in use").action(remove);
  add("certificates [device]", "certificates that were issued to a device; without one, to Vigil itself").action(
    certificates,
  );
  add("revoke <serial>", "take a certificate of a device or of Vigil back; another one follows")
    .addOption(new Option("--reason <reason>", "why").choices([...revocationReasons]).makeOptionMandatory())
    .option("--note <text>", "in your words, for the audit trail")
    .action(revoke);
  authority
    .command("crl <authority>")
    .description("fetch its revocation list (DER)")
    .requiredOption("--out <file>", "where to write it")
    .action(crl);
}

async function list({ json }: Json): Promise<void> {
  const { items } = await signedInClient().authorities.list();
  if (json === true) return printJson(items);
  printTable(
    ["NAME", "KIND", "STATE", "DEVICES", "ENDS", "TIERS", "TO DO"],
    items.map((one) => [
      one.name,
      one.kind,
      one.state,
      String(one.devices),
      one.expiresAt?.slice(0, 10) ?? "-",
      one.tiers === 0 ? "-" : String(one.tiers),
      one.attention,
    ]),
  );
}

async function show(which: string, { json }: Json): Promise<void> {
  const client = signedInClient();
  const { id } = await authorityNamed(client, which);
  printDetail(await client.authorities.show({ params: { id } }), json);
}

async function create(name: string, { json }: Json): Promise<void> {
  const made = await signedInClient().authorities.create({ body: { name, kind: "own" } });
  if (json === true) return printJson(made);
  process.stderr.write(`Made ${name}; put it to use with: vigil authority use "${name}"\n`);
}

async function request(
  name: string,
  options: Json & { readonly commonName: string; readonly organization: string; readonly out?: string },
): Promise<void> {
  const { commonName, organization, out, json } = options;
  const client = signedInClient();
  const body = { name, kind: "outside", commonName, organization } as const;
  const { authority } = await client.authorities.create({ body });
  const made = await client.authorities.request({ params: { id: authority.id } });
  if (json === true) return printJson(made);
  const pem = made.requestPem ?? "";
  if (out === undefined) process.stdout.write(pem.endsWith("\n") ? pem : `${pem}\n`);
  else writeFileSync(out, pem);
  process.stderr.write(`Have it signed as a subordinate authority, then: vigil authority install "${name}" FILE\n`);
}

async function inspect(which: string, file: string, { json }: Json): Promise<void> {
  const client = signedInClient();
  const { id } = await authorityNamed(client, which);
  const report = await client.authorities.inspect({ params: { id }, body: { chainPem: textOf(file) } });
  process.exitCode = report.verdict === "fail" ? 1 : 0;
  if (json === true) return printJson(report);
  printReport(report);
}

async function install(which: string, file: string, { json }: Json): Promise<void> {
  const client = signedInClient();
  const { id } = await authorityNamed(client, which);
  printDetail(await client.authorities.install({ params: { id }, body: { chainPem: textOf(file) } }), json);
}

async function use(which: string, { json }: Json): Promise<void> {
  const client = signedInClient();
  const { id } = await authorityNamed(client, which);
  const used = await client.authorities.use({ params: { id } });
  if (json === true) return printJson(used);
  process.stderr.write(`${used.authority.name} is in use; watch the devices move: vigil authority list\n`);
}

async function remove(which: string, { json }: Json): Promise<void> {
  const client = signedInClient();
  const { id, name } = await authorityNamed(client, which);
  await client.authorities.remove({ params: { id } });
  if (json === true) return printJson({ removed: id });
  process.stderr.write(`Removed ${name}\n`);
}

async function certificates(device: string | undefined, { json }: Json): Promise<void> {
  const client = signedInClient();
  const { items } =
    device === undefined
      ? await client.authorities.managers()
      : await client.authorities.certificates({ params: { id: await idOf(client, device) } });
  if (json === true) return printJson(items);
  printTable(
    ["SERIAL", "SUBJECT", "ENDS", "STATE"],
    items.map((one) => [one.serial, one.subject, one.expiresAt.slice(0, 10), stateOf(one)]),
  );
}

async function revoke(
  serial: string,
  { reason, note, json }: Json & { readonly reason: RevocationReason; readonly note?: string },
): Promise<void> {
  const body = note === undefined ? { reason } : { reason, note };
  await signedInClient().authorities.revoke({ params: { serial: serial.toLowerCase().replaceAll(":", "") }, body });
  if (json === true) return printJson({ revoked: serial });
  process.stderr.write(`Revoked ${serial}; another one follows\n`);
}

async function crl(which: string, { out }: { readonly out: string }): Promise<void> {
  const client = signedInClient();
  const { id } = await authorityNamed(client, which);
  const { der } = await client.authorities.revocationList({ params: { id } });
  writeFileSync(out, Buffer.from(der, "base64"));
}

/** By id or name. @throws cli.usage.wrong (caller) */
async function authorityNamed(client: VigilClient, which: string): Promise<Authority> {
  const { items } = await client.authorities.list();
  const found = items.find(({ id, name }) => id === which || name.toLowerCase() === which.toLowerCase());
  if (found === undefined) throw fail("cli.usage.wrong", { message: `No authority is called ${which}` });
  return found;
}

/** @throws cli.usage.wrong (caller) */
function textOf(file: string): string {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (cause) {
    throw fail("cli.usage.wrong", { message: `Cannot read ${file}`, cause });
  }
  if (content.length > mostBytes) throw fail("cli.usage.wrong", { message: `${file} is larger than any chain` });
  return content.toString("utf8");
}

function printDetail({ authority, report, ...rest }: AuthorityDetail, json: true | undefined): void {
  if (json === true) return printJson({ authority, report, ...rest });
  process.stdout.write(`${authority.name}: ${authority.state}, ${authority.subject}\n`);
  if (authority.attention !== "") process.stdout.write(`${authority.attention}\n`);
  if (report !== null) printReport(report);
}

function printReport({ checks, chain }: AuthorityReport): void {
  for (const { verdict, id, found, expected, next, code } of checks) {
    process.stdout.write(`${verdict.padEnd(4)}  ${id.padEnd(11)}  ${found}\n`);
    if (verdict === "pass") continue;
    process.stdout.write(`${" ".repeat(19)}expected: ${expected}\n`);
    if (next !== "") process.stdout.write(`${" ".repeat(19)}${next}${code === null ? "" : ` (${code})`}\n`);
  }
  for (const { subject, key, signature, validTo } of chain) {
    process.stdout.write(`${subject}  ${key}  ${signature}  until ${validTo.slice(0, 10)}\n`);
  }
}

function stateOf({ revokedAt, replacedAt, shownAt, reason }: IssuedCertificate): string {
  if (replacedAt !== null) return `replaced (${reason})`;
  if (revokedAt !== null) return `revoked (${reason})`;
  return shownAt === null ? "issued" : "shown";
}
