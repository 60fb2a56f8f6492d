import type { Command } from "commander";
import type { VigilClient } from "@vigil/api/client.ts";
import type { DeviceCertificate } from "@vigil/api/resources/device-certificates.ts";
import type { DeviceNetwork } from "@vigil/api/resources/device-network.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { ageOf, printError, printFacts, printJson, printTable } from "../output.ts";
import { idOf } from "./devices.ts";

interface ReadOptions {
  readonly stored?: true;
  readonly json?: true;
}

/** `vigil device network|accounts|certificates|remove-account`: what firmware says of itself. */
export function addDeviceReadingCommands(device: Command): void {
  reading(device, "network", "how a device is on the network, read from it now", showNetwork);
  reading(device, "accounts", "who may log in to a device, read from it now, and whose each account is", showAccounts);
  reading(device, "certificates", "keys and certificates that a device holds, read from it now", showCertificates);
  device
    .command("remove-account <device> <account>")
    .description("take a foreign account from a device, by its name or security identifier")
    .requiredOption("--reason <text>", "why, for the audit trail")
    .action(removeAccount);
}

function reading(
  device: Command,
  name: string,
  description: string,
  show: (client: VigilClient, id: string, options: ReadOptions) => Promise<void>,
): void {
  device
    .command(`${name} <device>`)
    .description(`${description}; as it was last read when it cannot be`)
    .option("--stored", "do not ask the device")
    .option("--json", "print JSON")
    .action(async (given: string, options: ReadOptions) => {
      const client = signedInClient();
      await show(client, await idOf(client, given), options);
    });
}

/**
 * Reads from the device, then prints what is stored: anew, or as it was when the device could not be asked, which is said.
 * @param one what is stored with its time; null while it has never been read
 */
async function print<T extends { readonly readAt: string | null }>(
  { stored, json }: ReadOptions,
  how: {
    readonly read: () => Promise<unknown>;
    readonly one: () => Promise<T>;
    readonly show: (read: T) => void;
  },
): Promise<void> {
  try {
    if (stored !== true) await how.read();
  } catch (error) {
    process.exitCode = printError(error, false);
  }
  const kept = await how.one();
  if (kept.readAt === null) return void process.stderr.write("It has never been read\n");
  if (json === true) return printJson(kept);
  process.stderr.write(`Read ${ageOf(kept.readAt, systemClock().now())}\n`);
  how.show(kept);
}

function showNetwork(client: VigilClient, id: string, options: ReadOptions): Promise<void> {
  const params = { id };
  return print(options, {
    read: () => client.readings.readNetwork({ params }),
    one: () => client.readings.network({ params }),
    show: ({ network }) => (network === null ? undefined : printFacts(factsOf(network))),
  });
}

function factsOf(network: DeviceNetwork): [string, string | null][] {
  const { hostName, domainName, ports, wifi, wired8021x, proxies, remoteAccess, defense, lacks } = network;
  const joined = (...words: readonly string[]): string | null => words.filter((one) => one !== "").join(" ") || null;
  return [
    ["name", [hostName, domainName].filter((one) => one !== "").join(".") || null],
    ...ports.flatMap((one): [string, string | null][] => [
      [one.kind, joined(one.mac, one.isLinkUp ? "up" : "down", one.usesDhcp ? "DHCP" : "static")],
      [`${one.kind} address`, joined(one.address, one.netmask, one.gateway === "" ? "" : `via ${one.gateway}`)],
      [`${one.kind} DNS`, joined(...one.dnsServers)],
      [`${one.kind} VLAN`, one.vlan === 0 ? null : String(one.vlan)],
      [`${one.kind} is the firmware's`, joined(one.linkStates.join(", "))],
    ]),
    ["wired 802.1X", wired8021x === null ? "off" : joined(wired8021x.protocol, wired8021x.username)],
    ...(wifi?.profiles ?? []).map(({ name, ssid, authentication }): [string, string | null] => [
      "Wi-Fi network",
      joined(ssid, authentication, `(${name})`),
    ]),
    ...proxies.map(({ host, port }): [string, string] => ["proxy", `${host}:${port}`]),
    ["home domains", joined((remoteAccess?.homeDomains ?? []).join(", "))],
    ...(remoteAccess?.servers ?? []).map(({ host, port }): [string, string] => ["calls", `${host}:${port}`]),
    ...(defense?.policies ?? []).map(({ name, isInForce }): [string, string] => [
      "System Defense",
      `${name}, ${isInForce ? "in force" : "not in force"}`,
    ]),
    ...(lacks.length === 0 ? [] : [["release has no", lacks.join(", ")] satisfies [string, string]]),
  ];
}

function showAccounts(client: VigilClient, id: string, options: ReadOptions): Promise<void> {
  const params = { id };
  return print(options, {
    read: () => client.readings.readAccounts({ params }),
    one: () => client.readings.accounts({ params }),
    show: ({ accounts }) => {
      if (accounts === null) return;
      const { admin, items } = accounts;
      process.stderr.write(
        `Admin: ${admin.name}${admin.hasFactoryPassword ? ", with the factory's password still" : ""}\n`,
      );
      printTable(
        ["ACCOUNT", "WHOSE", "KIND", "FROM", "ENABLED", "REALMS"],
        items.map((one) => [
          one.label === null ? one.name : `${one.label} (${one.name})`,
          one.owner,
          one.kind,
          one.from,
          one.isEnabled ? "yes" : "no",
          one.realms.join(","),
        ]),
      );
    },
  });
}

function showCertificates(client: VigilClient, id: string, options: ReadOptions): Promise<void> {
  const params = { id };
  return print(options, {
    read: () => client.readings.readCertificates({ params }),
    one: () => client.readings.certificates({ params }),
    show: ({ certificates }) => {
      const now = systemClock().now();
      printTable(
        ["CERTIFICATE", "KIND", "ISSUED BY", "ENDS", "KEY", "USED FOR"],
        (certificates?.items ?? []).map((one) => [
          one.subject,
          one.isTrustedRoot ? "trusted root" : one.isAuthority ? "authority" : "own",
          issuerOf(one),
          one.validTo === null ? null : `in ${Math.floor((Date.parse(one.validTo) - now) / 86_400_000)} d`,
          one.key,
          one.uses.join(", ") || null,
        ]),
      );
    },
  });
}

function issuerOf({ origin, revokedAt, issuer }: DeviceCertificate): string {
  if (revokedAt !== null) return "Vigil, revoked";
  return origin === "other" ? issuer : "Vigil";
}

async function removeAccount(name: string, account: string, { reason }: { readonly reason: string }): Promise<void> {
  const client = signedInClient();
  const id = await idOf(client, name);
  const { accounts } = await client.readings.readAccounts({ params: { id } });
  const found = accounts.items.find((one) => one.name === account);
  if (found === undefined) throw fail("cli.device-account.unknown", { details: { account } });
  const params = { id, handle: String(found.handle) };
  await client.readings.removeAccount({ params, body: { name: account, reason } });
  process.stderr.write(`Removed the account ${account}\n`);
}
