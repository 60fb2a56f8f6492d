import { readFileSync } from "node:fs";
import type { Command } from "commander";
import type { DirectorySettings } from "@vigil/api/resources/directories.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { printJson, printTable } from "../output.ts";
import { askSecret } from "../secret.ts";
import { idOf } from "./devices.ts";

const passwordVariable = "VIGIL_DIRECTORY_PASSWORD";

interface AddOptions {
  readonly url?: readonly string[];
  readonly base?: string;
  readonly bind?: string;
  readonly unit?: string;
  readonly root?: string;
  readonly systemRoots?: true;
  readonly cleanUp?: string;
  readonly portlessName?: boolean;
  readonly rc4?: boolean;
  readonly password?: true;
  readonly json?: true;
}

interface JsonOption {
  readonly json?: true;
}

/** `vigil directory list|add|test|objects|remove-object|remove`. */
export function addDirectoryCommands(program: Command): void {
  const directory = program.command("directory").description("Active Directory, where devices have Kerberos objects");
  directory.command("list").description("all of them").option("--json", "print JSON").action(list);
  directory
    .command("add <realm>")
    .description("add a directory, or change what is given of one that is there")
    .option("--url <urls...>", "ldaps://HOST, or ldap://HOST for STARTTLS; tried in order")
    .option("--base <dn>", "where objects are looked for, e.g. DC=example,DC=com")
    .option("--bind <account>", "Vigil's account: a distinguished name, or name@domain")
    .option("--unit <dn>", "where objects go whose profile names no unit")
    .option("--root <file>", "PEM of the root of the servers' certificates")
    .option("--system-roots", "trust the authorities that the server's machine trusts")
    .option("--clean-up <how>", "what becomes of a device's object: delete or disable")
    .option("--portless-name", "give objects HTTP/name without a port, too")
    .option("--no-portless-name", "do not")
    .option("--rc4", "allow RC4 for devices before AMT 8")
    .option("--no-rc4", "do not")
    .option("--password", "give the account's password anew")
    .option("--json", "print JSON")
    .addHelpText("after", `\nThe password comes from the environment, ${passwordVariable}, or is asked for`)
    .action(add);
  directory
    .command("test <realm>")
    .description("try all that Vigil does there, on an object of its own. Exit code 1 when something is missing")
    .option("--unit <dn>", "in this unit instead of the directory's own")
    .option("--json", "print JSON")
    .action(test);
  directory
    .command("objects")
    .description("the devices' objects, the oldest password first")
    .option("--realm <realm>", "in this directory alone")
    .option("--device <device>", "of this device alone")
    .option("--json", "print JSON")
    .action(objects);
  directory
    .command("remove-object <device>")
    .description("take a device's object out of its directory; a profile with Kerberos makes it again")
    .option("--json", "print JSON")
    .action(removeObject);
  directory
    .command("remove <realm>")
    .description("forget a directory in which no device has an object")
    .option("--json", "print JSON")
    .action(remove);
}

async function list({ json }: JsonOption): Promise<void> {
  const { items } = await signedInClient().directories.list();
  if (json === true) return printJson(items);
  printTable(
    ["REALM", "OBJECTS", "SERVERS", "UNIT", "ANSWERED", "LAST ERROR"],
    items.map(({ realm, objects: count, urls, organizationalUnit, answeredAt, error, failedAt }) => [
      realm,
      count,
      urls.join(", "),
      organizationalUnit,
      answeredAt,
      error === null ? null : `${error.code} ${failedAt ?? ""}`,
    ]),
  );
}

async function add(realm: string, options: AddOptions): Promise<void> {
  const client = signedInClient();
  const { items } = await client.directories.list();
  const known = items.find((one) => one.realm === realm.toUpperCase());
  const settings = settingsOf(options, known);
  const isGiven = options.password === true || known === undefined || process.env[passwordVariable] !== undefined;
  const password = isGiven ? await askSecret(passwordVariable, `Password of ${settings.bindDn}`) : undefined;
  const body = { settings, ...(password === undefined ? {} : { password }) };
  const stored = await client.directories.put({ params: { realm }, body });
  if (options.json === true) return printJson(stored);
  process.stderr.write(`Stored ${stored.realm}. Try it: vigil directory test ${stored.realm}\n`);
}

/** @throws cli.usage.wrong (caller) */
function settingsOf(options: AddOptions, known: DirectorySettings | undefined): DirectorySettings {
  const must = (value: string | undefined, name: string): string => {
    if (value === undefined) throw fail("cli.usage.wrong", { message: `A new directory needs --${name}` });
    return value;
  };
  const urls = options.url ?? known?.urls;
  if (urls === undefined) throw fail("cli.usage.wrong", { message: "A new directory needs --url" });
  const baseDn = must(options.base ?? known?.baseDn, "base");
  const rootPem = options.root === undefined ? (known?.rootPem ?? null) : pemIn(options.root);
  return {
    urls: [...urls],
    baseDn,
    bindDn: must(options.bind ?? known?.bindDn, "bind"),
    organizationalUnit: must(options.unit ?? known?.organizationalUnit, "unit"),
    rootPem: options.systemRoots === true ? null : rootPem,
    cleanUp: cleanUpOf(options.cleanUp ?? known?.cleanUp ?? "delete"),
    hasPortlessName: options.portlessName ?? known?.hasPortlessName ?? false,
    allowsRc4: options.rc4 ?? known?.allowsRc4 ?? false,
  };
}

function cleanUpOf(how: string): DirectorySettings["cleanUp"] {
  if (how === "delete" || how === "disable") return how;
  throw fail("cli.usage.wrong", { message: `--clean-up is delete or disable, not ${how}` });
}

function pemIn(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw fail("cli.usage.wrong", { message: `Cannot read ${file}`, cause });
  }
}

async function test(realm: string, options: { readonly unit?: string; readonly json?: true }): Promise<void> {
  const body = options.unit === undefined ? {} : { organizationalUnit: options.unit };
  const tested = await signedInClient().directories.test({ params: { realm }, body });
  process.exitCode = tested.isGood ? 0 : 1;
  if (options.json === true) return printJson(tested);
  for (const { name, state, error } of tested.checks) {
    process.stdout.write(`${state.padEnd(7)}  ${name}\n`);
    if (error === null) continue;
    const { right, on } = error.details;
    const what = typeof right === "string" && typeof on === "string" ? `: ${right}, on ${on}` : "";
    process.stdout.write(`         ${error.message}${what}\n         ${error.next} (${error.code})\n`);
  }
}

async function objects(options: {
  readonly realm?: string;
  readonly device?: string;
  readonly json?: true;
}): Promise<void> {
  const client = signedInClient();
  const realm = options.realm === undefined ? {} : { realm: options.realm };
  const device = options.device === undefined ? {} : { device: await idOf(client, options.device) };
  const found = await client.directories.objects({ query: { ...realm, ...device, limit: 1_000 } });
  if (options.json === true) return printJson(found);
  printTable(
    ["DEVICE", "REALM", "ACCOUNT", "PASSWORD AGE", "KEY", "ENCRYPTION", "OBJECT"],
    found.items.map((one) => [
      one.device,
      one.realm,
      one.account,
      `${one.passwordAgeDays} d`,
      one.keyVersion,
      one.encryption,
      one.dn,
    ]),
  );
  if (found.total > found.items.length) process.stderr.write(`${found.items.length} of ${found.total}\n`);
}

async function removeObject(name: string, { json }: JsonOption): Promise<void> {
  const client = signedInClient();
  const device = await idOf(client, name);
  await client.directories.removeObject({ params: { device } });
  if (json === true) return printJson({ removed: device });
  process.stderr.write(`The object of ${name} is no longer in its directory\n`);
}

async function remove(realm: string, { json }: JsonOption): Promise<void> {
  await signedInClient().directories.remove({ params: { realm } });
  if (json === true) return printJson({ removed: realm });
  process.stderr.write(`Forgot ${realm}\n`);
}
