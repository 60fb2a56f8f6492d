import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { dirname, join } from "node:path";
import { cliAgent, vigilClient, type VigilClient } from "@vigil/api/client.ts";
import { fail } from "./errors.ts";

/** Where the server is, and the API key to use there. */
export interface Account {
  readonly url: string;
  readonly token: string;
}

/** The client of the server that this command line is signed in to. @throws cli.account.missing */
export function signedInClient(): VigilClient {
  const { url, token } = readAccount();
  return vigilClient({ baseUrl: url, token, agent: cliAgent });
}

/** The environment first, then the file that `vigil login` wrote. @throws cli.account.missing (caller) */
export function readAccount(env: NodeJS.ProcessEnv = process.env): Account {
  const saved = readSaved(accountFile(env));
  const url = env["VIGIL_URL"] ?? saved?.url;
  // A key goes to the server that it was made for and to no other.
  const token = env["VIGIL_TOKEN"] ?? (url === saved?.url ? saved?.token : undefined);
  if (url === undefined || token === undefined) throw fail("cli.account.missing");
  if (!isUrl(url)) throw fail("cli.usage.wrong", { message: `VIGIL_URL is not an http or https address: ${url}` });
  return { url, token };
}

/** Keeps the account, readable by its owner alone. @returns the file's path */
export function saveAccount(account: Account, env: NodeJS.ProcessEnv = process.env): string {
  const file = accountFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify(account, undefined, 2)}\n`, { mode: 0o600, flag: "wx" });
  return file;
}

/** Forgets the account. */
export function forgetAccount(env: NodeJS.ProcessEnv = process.env): void {
  rmSync(accountFile(env), { force: true });
}

/**
 * Turns a one-time sign-in link into an API key of this machine's name.
 * @throws what the server reports, e.g. access.link.invalid
 */
export async function accountFromLink(link: URL): Promise<Account> {
  const token = tokenIn(link) ?? "";
  let cookie = "";
  const withCookie: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    if (cookie !== "") headers.set("cookie", cookie);
    headers.set("origin", link.origin);
    const response = await fetch(input, { ...init, headers });
    const given = response.headers.getSetCookie().map((one) => one.split(";")[0]);
    if (given.length > 0) cookie = given.join("; ");
    return response;
  };
  const client = vigilClient({ baseUrl: link.origin, fetch: withCookie });
  await client.access.signIn({ body: { token } });
  const { key } = await client.access.createKey({ body: { name: `cli ${hostname()}`.slice(0, 60) } });
  await client.access.signOut();
  return { url: link.origin, token: key };
}

/** The one-time token of a sign-in link; undefined when the address is no such link. */
export function tokenIn(link: URL): string | undefined {
  return new URLSearchParams(link.hash.slice(1)).get("token") ?? undefined;
}

function accountFile(env: NodeJS.ProcessEnv): string {
  return join(env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "vigil", "account.json");
}

function readSaved(file: string): Account | undefined {
  try {
    const saved: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof saved !== "object" || saved === null || !("url" in saved) || !("token" in saved)) return undefined;
    const { url, token } = saved;
    return typeof url === "string" && typeof token === "string" ? { url, token } : undefined;
  } catch {
    // No file, or one that is not ours: not signed in either way, which the caller reports.
    return undefined;
  }
}

function isUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
