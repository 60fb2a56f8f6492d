import { randomUUID } from "node:crypto";
import { directoryChecks } from "@vigil/api/resources/directories.ts";
import { randomPassword } from "../credentials/credentials.ts";
import { reportOf, type ErrorReport } from "@vigil/base/errors.ts";
import { accountNameOf } from "./account.ts";
import {
  addComputer,
  deleteComputer,
  enable,
  findComputer,
  setNames,
  setPassword,
  type Computer,
  type Wanted,
} from "./computer.ts";
import { fail } from "./errors.ts";
import type { Session } from "./session.ts";

/** One thing that has to hold before a directory can be worked with. */
export interface Check {
  readonly name: CheckName;
  /** null: not looked at, since one before it does not hold. */
  readonly error: ErrorReport | null;
  readonly state: "passed" | "failed" | "skipped";
}

export type CheckName = (typeof directoryChecks)[number];

export interface Tested {
  readonly realm: string;
  readonly baseDn: string;
  readonly unit: string;
}

/**
 * Does to an object of its own what is done to those of devices, and removes it: a right that is granted somewhere and taken away elsewhere shows
 * in no list, only in the attempt.
 * @param open logs in
 */
export async function preflight(open: () => Promise<Session>, { realm, baseDn, unit }: Tested): Promise<Check[]> {
  const checks = new Checks();
  const session = await checks.run("log-in", open);
  if (session === undefined) return checks.list();
  using own = session;
  await checks.run("realm", () => refuseOtherRealm(own, realm));
  await checks.run("base", () => mustBe(own, baseDn));
  const uuid = randomUUID();
  const account = accountNameOf(uuid);
  const dnsName = `${account.slice(0, -1)}.${realm}`.toLowerCase();
  const wanted: Wanted = { uuid, account, dnsName, serviceNames: [`HTTP/${dnsName}:16993`], encryption: "aes256Sha1" };
  if (checks.isGood) await checks.run("unit", () => mustBe(own, unit));
  const dn = checks.isGood ? await checks.run("create", () => addComputer(own, unit, wanted)) : undefined;
  if (dn === undefined) return checks.list();
  await checks.run("password", () => setPassword(own, dn, randomPassword()));
  await checks.run("names", () => setNames(own, baseDn, dn, wanted));
  await checks.run("enable", () => enable(own, dn, wanted));
  await checks.run("key-version", () => mustHaveVersion(own, baseDn, account));
  await checks.run("delete", () => deleteComputer(own, dn));
  return checks.list();
}

class Checks {
  readonly #done = new Map<CheckName, ErrorReport | null>();

  get isGood(): boolean {
    return [...this.#done.values()].every((error) => error === null);
  }

  /** @returns undefined when it failed */
  async run<R>(name: CheckName, look: () => Promise<R>): Promise<R | undefined> {
    try {
      const result = await look();
      this.#done.set(name, null);
      return result;
    } catch (error) {
      this.#done.set(name, reportOf(error));
      return undefined;
    }
  }

  list(): Check[] {
    return directoryChecks.map((name) => {
      const error = this.#done.get(name);
      if (error === undefined) return { name, error: null, state: "skipped" };
      return { name, error, state: error === null ? "passed" : "failed" };
    });
  }
}

/** The realm of Active Directory is its domain's name in capitals; the key is made with it. @throws directory.settings.refused (caller) */
async function refuseOtherRealm(session: Session, realm: string): Promise<void> {
  const asked = { right: "read the root entry", on: "the server" };
  const [root] = await session.search("", { scope: "base", attributes: ["defaultNamingContext"] }, asked);
  const context = root?.texts("defaultNamingContext")[0];
  // Other directories have none.
  if (context === undefined) return;
  const domain = [...context.matchAll(/DC=([^,]+)/gi)].map(([, label]) => label).join(".");
  if (domain.toUpperCase() === realm) return;
  const message = `The server's domain is ${domain}, so its realm is ${domain.toUpperCase()}, not ${realm}`;
  throw fail("directory.settings.refused", { message, details: { realm, domain } });
}

/** @throws directory.unit.missing, directory.right.missing (caller) */
async function mustBe(session: Session, dn: string): Promise<void> {
  const found = await session.search(dn, { scope: "base", attributes: ["objectClass"] }, { right: "read", on: dn });
  if (found.length === 0) throw fail("directory.unit.missing", { details: { on: dn } });
}

/** @throws directory.right.missing (caller) */
async function mustHaveVersion(session: Session, base: string, account: string): Promise<Computer> {
  const found = await findComputer(session, base, account);
  if (found !== undefined && found.keyVersion > 0) return found;
  throw fail("directory.right.missing", { details: { right: "read msDS-KeyVersionNumber", on: base } });
}
