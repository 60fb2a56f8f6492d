import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { Argument, Option, type Command } from "commander";
import { connect, type AmtDevice, type ConnectionOptions } from "@vigil/amt-client/device.ts";
import { directDialer } from "@vigil/amt-client/dial/direct.ts";
import { secured, type TlsOptions } from "@vigil/amt-client/dial/tls.ts";
import { gssapiNegotiator } from "@vigil/amt-client/kerberos/gssapi.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { fail } from "../errors.ts";
import { printFacts, printJson } from "../output.ts";
import { askSecret } from "../secret.ts";
import { wholeNumber } from "../whole-number.ts";
import { saveScreenshot } from "./screen.ts";
import { showSerialLine } from "./serial.ts";
import { addDecodeCommand, exploreDevice, explorerVerbs } from "./explorer.ts";

type Credential = ConnectionOptions["credential"];

interface DirectOptions {
  readonly user: string;
  readonly kerberos?: true;
  readonly spn?: string;
  readonly plain?: true;
  readonly ca?: string;
  readonly insecure?: true;
  readonly tlsMin: TlsVersion;
  readonly port?: number;
  readonly timeout: number;
  readonly json?: true;
  readonly raw?: true;
  readonly screenshot?: string;
  readonly selector: readonly string[];
}

const topics = ["info", "power", "sol", "kvm", ...explorerVerbs] as const;
const tlsVersions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;
type TlsVersion = (typeof tlsVersions)[number];
const verbs = ["state", "on", "off", "cycle", "reset"] as const;
type Verb = (typeof verbs)[number];

const examples = `
The password is taken from VIGIL_AMT_PASSWORD, or asked for. It is never an argument. With --kerberos there is none: the ticket
of kinit says who asks.

Examples:
  vigil amt 192.0.2.7 info --ca authority.pem
  vigil amt 192.0.2.7 power cycle --insecure
  vigil amt 192.0.2.7 power --plain           a device that nobody has set up yet
  vigil amt desk-7.example.com power --kerberos --ca authority.pem
  vigil amt 192.0.2.7 sol --ca authority.pem  its host's serial line on this terminal
  vigil amt 192.0.2.7 kvm --screenshot now.png --ca authority.pem
  vigil amt 192.0.2.7 get AMT_GeneralSettings --insecure
  vigil amt 192.0.2.7 enum CIM_PhysicalPackage --raw --insecure
  vigil amt 192.0.2.7 invoke AMT_MessageLog GetRecords IterationIdentifier=1 MaxReadRecords=10 --insecure
  vigil amt decode answer.xml --json          what a saved answer says

A list is given by naming it more than once, a reference as CLASS?Key=Value&Key=Value.`;

/** `vigil amt HOST info|power|sol|kvm|get|enum|invoke`: straight to a device, past the server. */
export function addDirectCommands(program: Command): void {
  const amt = program
    .command("amt")
    .description("one device, straight to it, without a server")
    .argument("<host>", "its name or address")
    .addArgument(new Argument("<topic>", "what about").choices(topics))
    .argument(
      "[words...]",
      `power: ${verbs.join(", ")}; get and enum: a class; invoke: a class, a method, Name=Value ...`,
    )
    .option(
      "--selector <Name=Value>",
      "which instance; may be given more than once",
      (one, all: string[]) => [...all, one],
      [],
    )
    .option("--raw", "show the answer as XML")
    .option("--screenshot <file>", "kvm: write what the screen shows to this PNG file")
    .option("--user <name>", "the device's user", "admin")
    .addOption(new Option("--kerberos", "log in with the ticket of kinit").conflicts("user"))
    .option("--spn <name>", "the device's service name, instead of HTTP/host:port")
    .option("--tls", "over TLS, port 16993 (the default)")
    .addOption(new Option("--plain", "without TLS, port 16992").conflicts(["tls", "ca", "insecure"]))
    .option("--ca <file>", "PEM of the authority that issued the device's certificate")
    .addOption(new Option("--insecure", "take any certificate").conflicts("ca"))
    .addOption(
      new Option("--tls-min <version>", "older TLS, for older firmware").choices(tlsVersions).default("TLSv1.2"),
    )
    .option("--port <number>", "another port", (text) => wholeNumber(text, "--port", 65_535))
    .option("--timeout <seconds>", "how long one request may take", (text) => wholeNumber(text, "--timeout", 600), 30)
    .option("--json", "print JSON")
    .addHelpText("after", examples)
    .action(run);
  addDecodeCommand(amt);
}

async function run(
  host: string,
  topic: (typeof topics)[number],
  words: readonly string[],
  options: DirectOptions,
): Promise<void> {
  const [word, ...more] = words;
  refuseNonsense(topic, word, options);
  const verb = topic === "power" ? verbIn(word ?? "state", more) : undefined;
  if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(host)) {
    throw fail("cli.usage.wrong", { message: `Not a name or an address: ${JSON.stringify(host)}` });
  }
  const dialer = dialerTo(host, options);
  const credential = await credentialFor(host, options);
  await using device = connect({
    dialer,
    port: options.port ?? (options.plain === true ? 16_992 : 16_993),
    credential,
    clock: systemClock(),
    timeoutMs: options.timeout * 1000,
  });
  if (topic === "info") await showInfo(device, host, options.json === true);
  else if (topic === "sol") {
    await showSerialLine((news) => device.sessions.serialLine(news), {
      keys: process.stdin,
      screen: process.stdout,
      remarks: process.stderr,
    });
  } else if (topic === "kvm") {
    await saveScreenshot(device.sessions.screen(), { file: options.screenshot ?? "", isJson: options.json === true });
  } else if (topic === "power") await power(device, host, verb ?? "state", options.json === true);
  else await exploreDevice(device, host, topic, words, options);
}

/** @throws cli.usage.wrong (caller) */
function refuseNonsense(topic: string, word: string | undefined, { port, screenshot }: DirectOptions): void {
  const isSession = topic === "sol" || topic === "kvm";
  if ((topic === "info" || isSession) && word !== undefined) {
    throw fail("cli.usage.wrong", { message: `${topic} takes no ${word}` });
  }
  if (isSession && port !== undefined) {
    throw fail("cli.usage.wrong", { message: `${topic} has ports of its own, 16994 and 16995: leave --port out` });
  }
  if ((topic === "kvm") !== (screenshot !== undefined)) {
    throw fail("cli.usage.wrong", {
      message: "kvm and --screenshot FILE go together: a terminal has no other picture",
    });
  }
}

async function credentialFor(host: string, { user, kerberos, spn }: DirectOptions): Promise<Credential> {
  if (kerberos !== true) {
    if (spn !== undefined) throw fail("cli.usage.wrong", { message: "--spn goes with --kerberos" });
    const password = await askSecret("VIGIL_AMT_PASSWORD", `Password of ${user} on ${host}`);
    return { username: user, password };
  }
  // No directory knows a device by its address.
  if (spn === undefined && /^[\d.]+$|:/.test(host)) {
    throw fail("cli.usage.wrong", {
      message: `${host} is an address: call the device by its full name, or name its service with --spn HTTP/NAME:PORT`,
    });
  }
  return { negotiator: gssapiNegotiator(), ...(spn === undefined ? {} : { serviceName: spn }) };
}

function verbIn(word: string, more: readonly string[]): Verb {
  const verb = verbs.find((one) => one === word);
  if (verb !== undefined && more.length === 0) return verb;
  throw fail("cli.usage.wrong", {
    message: `power takes one of ${verbs.join(", ")}, not ${[word, ...more].join(" ")}`,
  });
}

function dialerTo(host: string, { plain, ca, insecure, tlsMin }: DirectOptions): ReturnType<typeof secured> {
  const dialer = directDialer({ host });
  if (plain === true) return dialer;
  if (ca === undefined && insecure !== true) {
    throw fail("cli.usage.wrong", { message: "Say whom to trust: --ca FILE, or --insecure for any certificate" });
  }
  const trust: TlsOptions["trust"] = ca === undefined ? "setup" : { caPem: [authorityIn(ca)] };
  return secured(dialer, { trust, oldest: tlsMin });
}

function authorityIn(file: string): string {
  try {
    const pem = readFileSync(file, "utf8");
    return new X509Certificate(pem).toString();
  } catch (cause) {
    throw fail("cli.usage.wrong", { message: `No certificate can be read from ${file}`, cause });
  }
}

async function power(device: AmtDevice, host: string, verb: Verb, isJson: boolean): Promise<void> {
  if (verb === "state") {
    const state = await device.power.state();
    if (isJson) return printJson({ host, ...state });
    process.stdout.write(`${state.power}\n`);
    return;
  }
  const { result } = await device.power.request(verb);
  if (isJson) return printJson({ host, action: verb, result });
  process.stdout.write(`${result}\n`);
}

async function showInfo(device: AmtDevice, host: string, isJson: boolean): Promise<void> {
  const { hostName, domainName } = await device.general.read();
  const setup = await device.setup.readState();
  const state = await device.power.state();
  const inventory = await device.inventory.read();
  const der = device.peerCertificate();
  const certificate = der === undefined ? null : new X509Certificate(der);
  const { release, controlMode } = setup;
  if (isJson) {
    return printJson({
      host,
      hostName,
      domainName,
      release,
      state: setup.state,
      controlMode,
      ...state,
      ...inventory,
      certificate: certificate === null ? null : factsOf(certificate),
    });
  }
  const { processors, memory, disks, bios } = inventory;
  printFacts([
    ["host name", [hostName, domainName].filter((one) => one !== "").join(".") || null],
    ["uuid", inventory.uuid || null],
    ["release", release || null],
    ["state", setup.state],
    ["control mode", controlMode],
    ["power", state.power],
    ["model", `${inventory.manufacturer} ${inventory.model}`.trim() || null],
    ["serial number", inventory.serialNumber || null],
    ["bios", `${bios.version} ${bios.releasedAt.slice(0, 10)}`.trim() || null],
    ["processor", processors.map((one) => one.name).join(", ") || null],
    ["memory", memory.map((one) => `${gigabytes(one.bytes, 1024)} in ${one.slot}`).join(", ") || null],
    ["disks", disks.map((one) => gigabytes(one.bytes, 1000)).join(", ") || null],
    ["certificate", certificate === null ? null : `${nameIn(certificate)} until ${certificate.validTo}`],
  ]);
}

function factsOf(certificate: X509Certificate): Readonly<Record<"subject" | "expiresAt" | "fingerprint", string>> {
  const expiresAt = certificate.validToDate.toISOString();
  return { subject: nameIn(certificate), expiresAt, fingerprint: certificate.fingerprint256 };
}

function nameIn(certificate: X509Certificate): string {
  return certificate.subject.replaceAll("\n", ", ");
}

/** @param kilo 1024 for memory, 1000 for disks: as their makers count */
function gigabytes(bytes: number, kilo: number): string {
  return `${Math.round(bytes / kilo ** 3)} GB`;
}
