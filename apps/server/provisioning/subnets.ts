import { fail } from "./errors.ts";

/** @throws provisioning.site.subnet (caller): one is no CIDR, or its address has bits set behind the mask */
export function refuseSubnets(subnets: readonly string[]): void {
  for (const subnet of subnets) {
    const [address = "", digits = ""] = subnet.split("/");
    const bits = bitsOf(address);
    const length = Number(digits);
    const isMasked = bits !== undefined && length <= bits.length && !bits.slice(length).includes("1");
    if (!isMasked) throw fail("provisioning.site.subnet", { details: { subnet } });
  }
}

/** A place with its own network, by name. */
interface Place {
  readonly name: string;
  readonly subnets: readonly string[];
}

/**
 * Says where an address is: in the site with the narrowest subnet that holds it, else in its own /24, an IPv6 address in its /64, a host's name in
 * its domain. Two addresses are in one place exactly where the texts are the same.
 */
export function placeFinder(sites: readonly Place[]): (address: string) => string {
  const subnets = sites.flatMap(({ name, subnets: all }) =>
    all.map((subnet) => {
      const [address = "", digits = ""] = subnet.split("/");
      const bits = bitsOf(address) ?? "";
      return { name, length: bits.length, prefix: bits.slice(0, Number(digits)) };
    }),
  );
  const narrowestFirst = subnets.toSorted((one, other) => other.prefix.length - one.prefix.length);
  return (address) => {
    // Behind the % stands an interface of the machine that wrote it down.
    const bits = bitsOf(address.split("%")[0] ?? "");
    if (bits === undefined) return `domain ${address.slice(address.indexOf(".") + 1).toLowerCase()}`;
    const found = narrowestFirst.find(({ length, prefix }) => length === bits.length && bits.startsWith(prefix));
    return found === undefined ? `network ${bits.slice(0, ownNetwork(bits.length))}` : `site ${found.name}`;
  };
}

/** The bits of an address that name the network it is in, where nobody has said. Chosen: what networks of offices usually have. */
function ownNetwork(length: number): number {
  return length === fourBits ? 24 : 64;
}

const fourBits = 32;

/** The address as ones and zeros; undefined when it is none. */
function bitsOf(address: string): string | undefined {
  return address.includes(":") ? bitsOfSix(address) : bitsOfFour(address);
}

function bitsOfFour(address: string): string | undefined {
  const parts = address.split(".");
  const isRight = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
  return isRight ? parts.map((part) => Number(part).toString(2).padStart(8, "0")).join("") : undefined;
}

function bitsOfSix(address: string): string | undefined {
  const [head = "", tail, ...more] = address.split("::");
  const groupsOf = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const [before, behind] = [groupsOf(head), groupsOf(tail ?? "")];
  const missing = 8 - before.length - behind.length;
  const isRight = more.length === 0 && (tail === undefined ? missing === 0 : missing > 0);
  const groups = [...before, ...Array.from({ length: Math.max(0, missing) }, () => "0"), ...behind];
  if (!isRight || !groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, "0")).join("");
}
