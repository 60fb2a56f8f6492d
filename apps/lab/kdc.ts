import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@vigil/base/clock.ts";
import { run, type Finished } from "./programs.ts";

/** Longest wait until the KDC serves, in milliseconds. */
const readyLimitMs = 20_000;

export type Encryption = "aes256-cts-hmac-sha1-96" | "aes128-cts-hmac-sha1-96" | "arcfour-hmac";

/** A Kerberos server of MIT's, with a realm and a database of its own in a folder of its own. Nothing of the machine's is touched. */
export interface Kdc extends AsyncDisposable {
  readonly realm: string;
  /** For programs that shall find it: KRB5_CONFIG. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * One account with several service names, as a directory has it: they share one key, which no name is mixed into. When it is there
   * already it gets another password.
   * @returns the key
   */
  setService(names: readonly string[], password: string, encryption: Encryption): Promise<Uint8Array>;
  /** Gets a user a ticket; one that is not there is added. @returns env and the place of their ticket: KRB5CCNAME */
  signIn(user: string): Promise<Readonly<Record<string, string>>>;
  /** Ends the server; the database stays. */
  stop(): Promise<void>;
}

/** Debian has its programs where only root looks. */
const path = "/usr/sbin:/usr/local/sbin:/sbin";

/** @param address where it listens: a loopback address that nothing else uses */
export async function startKdc(realm: string, address: string): Promise<Kdc> {
  const folder = mkdtempSync(join(tmpdir(), "vigil-kdc-"));
  const file = (name: string): string => join(folder, name);
  const listen = `${address}:18088`;
  writeFileSync(file("krb5.conf"), clientConfig(realm, listen));
  writeFileSync(file("kdc.conf"), serverConfig(realm, listen, folder));
  const env = { KRB5_CONFIG: file("krb5.conf"), KRB5_KDC_PROFILE: file("kdc.conf") };
  const withPath = { ...env, PATH: `${process.env["PATH"] ?? ""}:${path}` };
  const must = async (program: string, ...args: readonly string[]): Promise<Finished> => {
    const finished = await run(program, args, withPath);
    if (finished.code !== 0) throw new Error(`${program} ${args[0]}: ${finished.stderr}`);
    return finished;
  };
  const admin = (query: string): Promise<Finished> => must("kadmin.local", "-r", realm, "-q", query);
  await using guard = new AsyncDisposableStack();
  guard.defer(() => rmSync(folder, { recursive: true, force: true }));
  await must("kdb5_util", "create", "-s", "-r", realm, "-P", "of this test alone");
  const server = await startServer(withPath);
  guard.defer(() => server.stop());
  const owned = guard.move();
  return {
    realm,
    env,
    async setService(names, password, encryption) {
      const [first = ""] = names;
      for (const name of names) {
        await admin(`delprinc -force ${name}`);
        await admin(`addprinc -e ${encryption}:onlyrealm -pw ${password} ${name}`);
      }
      const keytab = file("service.keytab");
      rmSync(keytab, { force: true });
      await admin(`ktadd -norandkey -k ${keytab} ${first}`);
      const { stdout } = await must("klist", "-K", "-k", keytab);
      const key = /\(0x([0-9a-f]+)\)/.exec(stdout)?.[1];
      if (key === undefined) throw new Error(`no key in the keytab: ${stdout}`);
      return Buffer.from(key, "hex");
    },
    async signIn(user) {
      const keytab = file(`${user}.keytab`);
      const cache = `FILE:${file(`${user}.cache`)}`;
      await admin(`addprinc -randkey ${user}`);
      await admin(`ktadd -norandkey -k ${keytab} ${user}`);
      await must("kinit", "-c", cache, "-k", "-t", keytab, user);
      return { ...env, KRB5CCNAME: cache };
    },
    stop: () => server.stop(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface Server {
  stop(): Promise<void>;
}

/** Resolves when it serves. */
function startServer(env: Readonly<Record<string, string>>): Promise<Server> {
  const child = spawn("krb5kdc", ["-n"], { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"] });
  return new Promise((resolve, reject) => {
    let said = "";
    const cancel = systemClock().after(readyLimitMs, () => {
      child.kill("SIGKILL");
      reject(new Error(`the KDC does not serve: ${said}`));
    });
    child.once("error", (cause) => {
      cancel();
      reject(
        new Error("Missing: krb5kdc. Get it: sudo apt-get install krb5-kdc krb5-admin-server krb5-user", { cause }),
      );
    });
    child.once("exit", (code) => {
      cancel();
      reject(new Error(`the KDC ended with ${code}: ${said}`));
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2_000);
      if (!said.includes("starting...")) return;
      cancel();
      resolve({ stop: () => ended(child) });
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("close", () => resolve());
    child.kill("SIGTERM");
  });
}

const encryptions = "aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96 arcfour-hmac";

/** Names are taken as they are given: no DNS is asked. */
function clientConfig(realm: string, listen: string): string {
  return `[libdefaults]
 default_realm = ${realm}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
 permitted_enctypes = ${encryptions}
[realms]
 ${realm} = {
  kdc = ${listen}
 }
`;
}

function serverConfig(realm: string, listen: string, folder: string): string {
  return `[kdcdefaults]
 kdc_listen = ${listen}
 kdc_tcp_listen = ${listen}
[realms]
 ${realm} = {
  database_name = ${folder}/principal
  key_stash_file = ${folder}/stash
  acl_file = ${folder}/acl
  supported_enctypes = aes256-cts-hmac-sha1-96:normal
  max_life = 1h
 }
[logging]
 kdc = FILE:${folder}/kdc.log
 admin_server = FILE:${folder}/admin.log
`;
}
