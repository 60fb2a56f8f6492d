import { Resolver } from "node:dns/promises";
import { networkInterfaces, hostname } from "node:os";

/** What a device asks for first when nobody told it where its server is. @source protocols C.4 */
const hostLabel = "ProvisionServer";
/** Chosen: a resolver in the same building answers within milliseconds, and three tries are enough for a lost packet. */
const timing = { timeout: 1_500, tries: 2 };

/** What came of the look-up of one suffix. */
export interface DnsCheck {
  readonly suffix: string;
  /** "ProvisionServer.corp.example" */
  readonly name: string;
  /**
   * "here": an address of this server; "elsewhere": other addresses only; "dangling": an alias to a name without an address;
   * "missing": no such name; "unreachable": no resolver answered; "failed": a resolver answered with an error.
   */
  readonly status: "here" | "elsewhere" | "dangling" | "missing" | "unreachable" | "failed";
  /** What it is an alias of, when it is one. */
  readonly alias: string | null;
  readonly addresses: readonly string[];
  /** Resolvers that were asked. */
  readonly servers: readonly string[];
  /** What to do; empty when all is well. */
  readonly next: string;
  /** Lines for the zone file of the suffix; one of them is enough. */
  readonly records: readonly string[];
}

/** How this server is reached. */
export interface OwnPlace {
  readonly addresses: readonly string[];
  /** Its name with a domain; null when it has none. */
  readonly fullName: string | null;
}

/** Addresses of this machine, those of other machines' sight first. */
export function ownPlace(): OwnPlace {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  const outside = all.filter((one) => !one.internal);
  const inside = all.filter((one) => one.internal);
  const name = hostname();
  return {
    addresses: [...outside, ...inside].map(({ address }) => address),
    fullName: name.includes(".") ? name : null,
  };
}

/**
 * Asks the resolvers where devices of that suffix find their server.
 * @param servers ADDRESS or ADDRESS:PORT; none: those of the system
 */
export async function checkDns(
  suffix: string,
  options: { readonly servers: readonly string[]; readonly own: OwnPlace; readonly signal: AbortSignal },
): Promise<DnsCheck> {
  const { own, signal } = options;
  const resolver = new Resolver(timing);
  if (options.servers.length > 0) resolver.setServers(options.servers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const name = `${hostLabel}.${suffix}`;
    const found = await lookUp(resolver, name);
    signal.throwIfAborted();
    return {
      suffix,
      name,
      ...found,
      ...judged(found, own, name),
      servers: resolver.getServers(),
      records: recordsFor(name, own),
    };
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

interface Found {
  readonly alias: string | null;
  readonly addresses: readonly string[];
  /** The worst that a resolver said beside "there is none". */
  readonly error: string | null;
}

async function lookUp(resolver: Resolver, name: string): Promise<Found> {
  const [four, six, aliases] = await Promise.all([
    answerOf(resolver.resolve4(name)),
    answerOf(resolver.resolve6(name)),
    answerOf(resolver.resolveCname(name)),
  ]);
  const addresses = [...four.values, ...six.values];
  return { alias: aliases.values[0] ?? null, addresses, error: four.error ?? six.error ?? aliases.error };
}

async function answerOf(
  asked: Promise<readonly string[]>,
): Promise<{ readonly values: readonly string[]; readonly error: string | null }> {
  try {
    return { values: await asked, error: null };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const isNone = code === "ENOTFOUND" || code === "ENODATA";
    return { values: [], error: isNone ? null : code };
  }
}

function judged({ alias, addresses, error }: Found, own: OwnPlace, name: string): Pick<DnsCheck, "status" | "next"> {
  if (addresses.some((one) => own.addresses.includes(one))) return { status: "here", next: "" };
  if (addresses.length > 0) {
    const next = `Devices there say hello to ${addresses.join(", ")}: let the record point to this server, unless that one forwards to it`;
    return { status: "elsewhere", next };
  }
  if (error === "ETIMEOUT" || error === "ECONNREFUSED" || error === "ECANCELLED") {
    return {
      status: "unreachable",
      next: "No resolver answered: look at the server's --dns, and at the network to it",
    };
  }
  if (error !== null)
    return { status: "failed", next: `The resolver answered with an error (${error}): look at its log` };
  if (alias !== null)
    return { status: "dangling", next: `${alias} has no address: add one, or let ${name} point elsewhere` };
  return { status: "missing", next: `Add one of the records to the zone: without it devices do not find this server` };
}

/** An hour: short enough to move a server within a day. Chosen. */
const lifetimeSeconds = 3_600;

function recordsFor(name: string, { addresses, fullName }: OwnPlace): string[] {
  const first = addresses.find((one) => !one.includes(":"));
  return [
    ...(fullName === null ? [] : [`${name}. ${lifetimeSeconds} IN CNAME ${fullName}.`]),
    ...(first === undefined ? [] : [`${name}. ${lifetimeSeconds} IN A ${first}`]),
  ];
}
