import type { Command } from "commander";
import { vigilClient } from "@vigil/api/client.ts";
import {
  accountFromLink,
  forgetAccount,
  readAccount,
  saveAccount,
  signedInClient,
  tokenIn,
  type Account,
} from "../account.ts";
import { fail } from "../errors.ts";
import { printJson } from "../output.ts";
import { askSecret } from "../secret.ts";

/** `vigil login`, `vigil link`, `vigil logout`. */
export function addLoginCommands(program: Command): void {
  program
    .command("login <link>")
    .description("sign in with the one-time link that the server printed, or with its address and an API key")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nWith an address the API key is taken from VIGIL_TOKEN, or asked for. It is never an argument.",
    )
    .action(login);
  program
    .command("link")
    .description("make a one-time link that signs a browser in")
    .option("--json", "print JSON")
    .action(makeLink);
  program
    .command("logout")
    .description("forget the server and the key")
    .action(() => forgetAccount());
}

async function login(address: string, options: { readonly json?: true }): Promise<void> {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw fail("cli.usage.wrong", { message: `Not an http or https address: ${address}` });
  }
  const link = new URL(address);
  const account = tokenIn(link) !== undefined ? await accountFromLink(link) : await accountFromKey(link);
  const file = saveAccount(account);
  if (options.json === true) return printJson({ url: account.url, file });
  process.stderr.write(`Signed in to ${account.url}; kept in ${file}\n`);
}

async function makeLink(options: { readonly json?: true }): Promise<void> {
  const { url } = readAccount();
  const { token, expiresAt } = await signedInClient().access.createLink();
  const address = `${url}/sign-in#token=${token}`;
  if (options.json === true) return printJson({ link: address, expiresAt });
  process.stdout.write(`${address}\n`);
}

async function accountFromKey(link: URL): Promise<Account> {
  const given = await askSecret("VIGIL_TOKEN", `API key for ${link.origin}`);
  await vigilClient({ baseUrl: link.origin, token: given }).access.me();
  return { url: link.origin, token: given };
}
