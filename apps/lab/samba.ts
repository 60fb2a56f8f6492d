import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@vigil/base/clock.ts";
import { run } from "./programs.ts";

/** Longest wait until it serves, in milliseconds. Chosen: it takes one second on an idle machine. */
const readyLimitMs = 60_000;

/** An Active Directory domain with one controller, Samba's, in a folder of its own. Nothing of the machine's is touched. */
export interface Samba extends AsyncDisposable {
  readonly realm: string;
  /** "DC=lab,DC=example" */
  readonly baseDn: string;
  readonly address: string;
  /** The controller's certificate, by which it is trusted; it is made out to `address` and to `host`. */
  readonly rootPem: string;
  /** For programs that shall find its KDC: KRB5_CONFIG. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs samba-tool on the domain's database. @returns what it printed @throws when it fails */
  tool(...args: readonly string[]): Promise<string>;
  /** Adds a user. @returns their security identifier */
  addUser(name: string, password: string): Promise<string>;
  /** Makes a unit, and a user "vigil" who may do as they like with the computers in it, and nothing elsewhere. */
  delegate(unit: string, password: string): Promise<void>;
  /** Gets a user a ticket. @returns env and its place: KRB5CCNAME */
  signIn(user: string, password: string): Promise<Readonly<Record<string, string>>>;
  /** Ends the controller; the domain stays. */
  stop(): Promise<void>;
}

/** The class "computer". @source MS-ADSC, schemaIDGUID */
const computers = "bf967a86-0de6-11d0-a285-00aa003049e2";

const programs = ["/usr/sbin/samba", "/usr/bin/samba-tool", "/usr/share/samba/setup/provision.ldif"];

/** What of it is missing on this machine; undefined when all is there. Its ports are low ones, which root alone may open. */
export function whyNoSamba(): string | undefined {
  const missing = programs.find((path) => !existsSync(path));
  if (missing !== undefined) return `Samba's ${missing} is missing: apt-get install samba-ad-dc samba-ad-provision`;
  return process.getuid?.() === 0 ? undefined : "a domain controller's ports are for root alone";
}

/** @param address where it listens: a loopback address that nothing else uses */
export async function startSamba(realm: string, address: string): Promise<Samba> {
  const folder = mkdtempSync(join(tmpdir(), "vigil-samba-"));
  await using guard = new AsyncDisposableStack();
  guard.defer(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string): string => join(folder, name);
  const domain = realm.toLowerCase();
  const must = async (program: string, args: readonly string[], env: Env = {}): Promise<string> => {
    const { code, stdout, stderr } = await run(program, args, env);
    if (code !== 0) throw new Error(`${program} ${args.slice(0, 2).join(" ")}: ${stderr}${stdout}`.slice(0, 4_000));
    return stdout;
  };
  await must("samba-tool", provisioning(realm, address, folder));
  await must("openssl", certificate(`dc1.${domain}`, address, folder));
  chmodSync(file("key.pem"), 0o600);
  writeFileSync(file("etc/smb.conf"), serverConfig(realm, address, folder));
  writeFileSync(file("krb5.conf"), clientConfig(realm, address));
  const server = await startServer(file("etc/smb.conf"));
  guard.defer(() => ended(server));
  const env = { KRB5_CONFIG: file("krb5.conf") };
  const tool = (...args: readonly string[]): Promise<string> =>
    must("samba-tool", [...args, "-s", file("etc/smb.conf")]);
  const addUser = async (name: string, password: string): Promise<string> => {
    await tool("user", "create", name, password);
    const sid = /^objectSid: (\S+)$/m.exec(await tool("user", "show", name, "--attributes=objectSid"))?.[1];
    if (sid === undefined) throw new Error(`${name} has no security identifier`);
    return sid;
  };
  const owned = guard.move();
  return {
    realm,
    baseDn: domain
      .split(".")
      .map((label) => `DC=${label}`)
      .join(","),
    address,
    rootPem: readFileSync(file("cert.pem"), "utf8"),
    env,
    tool,
    addUser,
    async delegate(unit, password) {
      await tool("ou", "create", unit);
      const vigil = await addUser("vigil", password);
      const sddl = `(OA;CI;CCDC;${computers};;${vigil})(OA;CIIO;GA;;${computers};${vigil})`;
      await tool("dsacl", "set", `--objectdn=${unit}`, `--sddl=${sddl}`);
    },
    async signIn(user, password) {
      const cache = `FILE:${file(`${user}.cache`)}`;
      const own = { ...env, KRB5CCNAME: cache };
      await must("sh", ["-c", 'printf "%s\\n" "$PASSWORD" | kinit "$WHO"'], { ...own, WHO: user, PASSWORD: password });
      return own;
    },
    stop: () => ended(server),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

type Env = Readonly<Record<string, string>>;

function provisioning(realm: string, address: string, folder: string): readonly string[] {
  const what = ["domain", "provision", "--server-role=dc", "--use-rfc2307", "--dns-backend=NONE"];
  const names = [`--realm=${realm}`, `--domain=${realm.split(".")[0]}`, "--host-name=dc1", `--host-ip=${address}`];
  const places = [`--targetdir=${folder}`, "--option=bind interfaces only=yes", `--option=interfaces=${address}/8`];
  return [...what, ...names, ...places, "--adminpass=Of-This-Test-1", "--quiet"];
}

function certificate(host: string, address: string, folder: string): readonly string[] {
  const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", join(folder, "key.pem")];
  const names = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host},IP:${address}`];
  return ["req", "-x509", ...key, "-out", join(folder, "cert.pem"), "-days", "30", ...names];
}

/** The directory and the KDC alone: no file server, no name service. */
function serverConfig(realm: string, address: string, folder: string): string {
  return `[global]
 realm = ${realm}
 workgroup = ${realm.split(".")[0]}
 netbios name = DC1
 server role = active directory domain controller
 server services = ldap, kdc
 bind interfaces only = yes
 interfaces = ${address}/8
 private dir = ${folder}/private
 state directory = ${folder}/state
 cache directory = ${folder}/cache
 lock directory = ${folder}
 pid directory = ${folder}
 ncalrpc dir = ${folder}/ncalrpc
 winbindd socket directory = ${folder}/winbindd
 ntp signd socket directory = ${folder}/ntp_signd
 log file = ${folder}/log
 tls certfile = ${folder}/cert.pem
 tls keyfile = ${folder}/key.pem
 tls cafile =
 kdc enable fast = yes
`;
}

/** Names are taken as they are given: no DNS is asked. */
function clientConfig(realm: string, address: string): string {
  return `[libdefaults]
 default_realm = ${realm}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
[realms]
 ${realm} = {
  kdc = ${address}:88
 }
`;
}

/** Resolves when it serves. It says so at its debug level 5 alone. */
function startServer(config: string): Promise<ChildProcess> {
  const args = ["-F", "-M", "single", "--no-process-group", "-s", config, "--debug-stdout", "-d5"];
  const child = spawn("samba", args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin` },
  });
  return new Promise((resolve, reject) => {
    let said = "";
    const cancel = systemClock().after(readyLimitMs, () => {
      child.kill("SIGKILL");
      reject(new Error(`Samba does not serve: ${said}`));
    });
    child.once("error", (cause) => {
      cancel();
      reject(new Error("Samba does not start", { cause }));
    });
    child.once("exit", (code) => {
      cancel();
      reject(new Error(`Samba ended with ${code}: ${said}`));
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-4_000);
        if (!said.includes("ready to serve connections")) return;
        cancel();
        resolve(child);
      });
    }
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("close", () => resolve());
    child.kill("SIGTERM");
  });
}
