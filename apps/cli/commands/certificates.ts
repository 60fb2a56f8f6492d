import { readFileSync } from "node:fs";
import type { Command } from "commander";
import type { VigilClient } from "@vigil/api/client.ts";
import type { Api } from "@vigil/api/api.ts";
import type { CertificateReport, DeviceVerdict, SetupCertificate } from "@vigil/api/resources/setup-certificates.ts";
import type { Request } from "@vigil/api/route.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { printJson, printTable } from "../output.ts";
import { idOf } from "./devices.ts";

/** The passphrase of a PFX file or a key. Never an argument: those are seen by every user of the machine. */
const passphraseVariable = "VIGIL_CERTIFICATE_PASSPHRASE";
/** Larger than any certificate; the server says the same. */
const mostBytes = 65_536;

interface FileOptions {
  readonly key?: string;
  readonly name?: string;
  readonly device?: string;
  readonly release?: string;
  readonly json?: true;
}

type Upload = Omit<NonNullable<Request<Api["setupCertificates"]["inspect"]>["body"]>, "device" | "release">;

/** `vigil certificates list|inspect|add|rename|remove|coverage|verdict|suffix`. */
export function addCertificateCommands(program: Command): void {
  const certificates = program
    .command("certificates")
    .description("setup certificates: with what the server proves itself to devices that are being set up");
  certificates.command("list").description("list them").option("--json", "print JSON").action(list);
  certificates
    .command("inspect <file>")
    .description("check a PEM or PFX file by every rule; nothing is kept. Exit code 1 when a rule is broken")
    .option("--key <file>", "PEM of the private key, when it is in a file of its own")
    .option("--device <device>", "say too whether this device would accept it")
    .option("--release <release>", "take the device to have this release, e.g. 16.1")
    .option("--json", "print JSON")
    .addHelpText("after", `\nA passphrase comes from the environment: ${passphraseVariable}`)
    .action(inspect);
  certificates
    .command("add <file>")
    .description("add a PEM or PFX file with the leaf, its issuers, the root and the key")
    .option("--key <file>", "PEM of the private key, when it is in a file of its own")
    .option("--name <name>", "what to call it")
    .option("--json", "print JSON")
    .addHelpText("after", `\nA passphrase comes from the environment: ${passphraseVariable}`)
    .action(add);
  certificates
    .command("rename <certificate> <name>")
    .description("call it something else")
    .option("--json", "print JSON")
    .action(rename);
  certificates
    .command("remove <certificate>")
    .description("remove it and its key; devices that are set up need it no more")
    .option("--json", "print JSON")
    .action(remove);
  certificates
    .command("coverage")
    .description(
      "how many devices each of them sets up, and why none does for the rest. Exit code 1 when there are such",
    )
    .option("--json", "print JSON")
    .action(coverage);
  certificates
    .command("verdict <device>")
    .description("which of them a device would accept, and why. Exit code 1 when it is none")
    .option("--json", "print JSON")
    .action(verdict);
  certificates
    .command("suffix <device> [suffix]")
    .description("say which DNS suffix a device has by DHCP or MEBx; without one, take that back")
    .option("--json", "print JSON")
    .action(suffix);
}

async function list(options: { readonly json?: true }): Promise<void> {
  const { items } = await signedInClient().setupCertificates.list();
  if (options.json === true) return printJson(items);
  printTable(
    ["NAME", "FOR", "ROOT", "EXPIRES", "ID"],
    items.map((one) => [one.name, one.names.join(", "), one.rootSubject, expiryOf(one), one.id]),
  );
}

async function inspect(file: string, options: FileOptions): Promise<void> {
  const client = signedInClient();
  const device = options.device === undefined ? {} : { device: await idOf(client, options.device) };
  const release = options.release === undefined ? {} : { release: options.release };
  const report = await client.setupCertificates.inspect({
    body: { ...uploadOf(file, options), ...device, ...release },
  });
  const isBad = report.verdict === "fail" || report.device?.answer === "no";
  process.exitCode = isBad ? 1 : 0;
  if (options.json === true) return printJson(report);
  printReport(report);
}

async function add(file: string, options: FileOptions): Promise<void> {
  const name = options.name === undefined ? {} : { name: options.name };
  const added = await signedInClient().setupCertificates.add({ body: { ...uploadOf(file, options), ...name } });
  if (options.json === true) return printJson(added);
  process.stderr.write(`Added ${added.name}, for ${added.names.join(", ")}, ${expiryOf(added)}\n`);
}

async function rename(which: string, name: string, options: { readonly json?: true }): Promise<void> {
  const client = signedInClient();
  const { id } = await certificateNamed(client, which);
  const renamed = await client.setupCertificates.rename({ params: { id }, body: { name } });
  if (options.json === true) return printJson(renamed);
  process.stderr.write(`It is called ${renamed.name} now\n`);
}

async function remove(which: string, options: { readonly json?: true }): Promise<void> {
  const client = signedInClient();
  const certificate = await certificateNamed(client, which);
  await client.setupCertificates.remove({ params: { id: certificate.id } });
  if (options.json === true) return printJson({ removed: certificate.id });
  process.stderr.write(`Removed ${certificate.name}\n`);
}

async function coverage(options: { readonly json?: true }): Promise<void> {
  const found = await signedInClient().setupCertificates.coverage();
  process.exitCode = found.uncovered > 0 ? 1 : 0;
  if (options.json === true) return printJson(found);
  printTable(
    ["CERTIFICATE", "COVERS", "SHARE", "MAYBE", "NOT", "EXPIRES"],
    found.certificates.map(({ certificate, answers }) => [
      certificate.name,
      answers.yes,
      shareOf(answers.yes, found.devices),
      answers.unknown,
      answers.no,
      expiryOf(certificate),
    ]),
  );
  process.stdout.write("\n");
  printTable(
    ["RELEASE", "DEVICES", "COVERED", "MAYBE", "NOT"],
    found.releases.map((one) => [one.release, one.devices, one.covered, one.uncertain, one.uncovered]),
  );
  for (const { answer, devices, expected, next, examples } of found.gaps) {
    const what = answer === "no" ? "are covered by none" : "may be covered";
    process.stdout.write(`\n${devices} ${what}: ${expected}\n  ${next}\n  e.g. ${examples.join(", ")}\n`);
  }
}

async function verdict(name: string, options: { readonly json?: true }): Promise<void> {
  const client = signedInClient();
  const verdicts = await client.setupCertificates.verdicts({ params: { id: await idOf(client, name) } });
  process.exitCode = verdicts.items.every((one) => one.verdict.answer === "no") ? 1 : 0;
  if (options.json === true) return printJson(verdicts);
  for (const one of verdicts.items) {
    process.stdout.write(`${one.certificate.name}: ${one.verdict.answer}\n`);
    printReasons(one.verdict);
  }
}

async function suffix(name: string, is: string | undefined, options: { readonly json?: true }): Promise<void> {
  const client = signedInClient();
  const params = { id: await idOf(client, name) };
  const verdicts = await client.setupCertificates.setSuffix({ params, body: { suffix: is ?? null } });
  if (options.json === true) return printJson(verdicts);
  printTable(
    ["SUFFIX", "SAID BY"],
    verdicts.suffixes.map((one) => [one.suffix, one.source]),
  );
}

function uploadOf(file: string, { key }: FileOptions): Upload {
  const content = contentOf(file);
  const isPem = content.includes("-----BEGIN ");
  const passphrase = process.env[passphraseVariable];
  return {
    ...(isPem ? { chainPem: content.toString("utf8") } : { pfx: content.toString("base64") }),
    ...(key === undefined ? {} : { keyPem: contentOf(key).toString("utf8") }),
    ...(passphrase === undefined || passphrase === "" ? {} : { passphrase }),
  };
}

/** @throws cli.usage.wrong (caller) */
function contentOf(file: string): Buffer {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (cause) {
    throw fail("cli.usage.wrong", { message: `Cannot read ${file}`, cause });
  }
  if (content.length > mostBytes) throw fail("cli.usage.wrong", { message: `${file} is larger than any certificate` });
  return content;
}

/** By id or name. @throws cli.usage.wrong (caller) */
async function certificateNamed(client: VigilClient, which: string): Promise<SetupCertificate> {
  const { items } = await client.setupCertificates.list();
  const [found, other] = items.filter(({ id, name }) => id === which || name === which);
  if (found !== undefined && other === undefined) return found;
  const message =
    found === undefined ? `No setup certificate is called ${which}` : `${which} names more than one: take an id`;
  throw fail("cli.usage.wrong", { message });
}

function printReport({ checks, chain, device }: CertificateReport): void {
  for (const { verdict: one, id, found, expected, next, code } of checks) {
    process.stdout.write(`${one.padEnd(4)}  ${id.padEnd(11)}  ${found}\n`);
    if (one === "pass") continue;
    process.stdout.write(`${" ".repeat(19)}expected: ${expected}\n`);
    if (next !== "") process.stdout.write(`${" ".repeat(19)}${next}${code === null ? "" : ` (${code})`}\n`);
  }
  if (chain.length > 0) process.stdout.write("\n");
  for (const { subject, key, signature, validTo } of chain) {
    process.stdout.write(`${subject}  ${key}  ${signature}  until ${validTo.slice(0, 10)}\n`);
  }
  if (device === null) return;
  process.stdout.write(`\nWould the device accept it: ${device.answer}\n`);
  printReasons(device);
}

/** The certificate's side and the device's, under each other. */
function printReasons({ reasons }: DeviceVerdict): void {
  for (const { id, answer, found, expected, next } of reasons) {
    process.stdout.write(`  ${answer.padEnd(7)}  ${id.padEnd(7)}  certificate: ${found}\n`);
    process.stdout.write(`${" ".repeat(20)}device:      ${expected}\n`);
    if (next !== "") process.stdout.write(`${" ".repeat(20)}${next}\n`);
  }
}

function shareOf(some: number, all: number): string {
  return all === 0 ? "-" : `${Math.floor((some / all) * 100)} %`;
}

function expiryOf({ expiresAt, daysLeft }: SetupCertificate): string {
  const day = expiresAt.slice(0, 10);
  if (daysLeft < 0) return `expired ${day}`;
  return daysLeft < 90 ? `${day} (${daysLeft} days left)` : day;
}
