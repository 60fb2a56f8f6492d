import type { FilterRule, IpFilterRule } from "@vigil/amt-client/capabilities/system-defense.ts";

/** What a machine that is cut off may still do. */
export interface IsolationWish {
  /** IPv4 addresses that it may speak with. */
  readonly addresses: readonly string[];
  readonly allowsDns: boolean;
}

type Rule =
  | (FilterRule & { readonly kind: "ethernet"; readonly etherType: number })
  | (IpFilterRule & { readonly kind: "ip" });

/**
 * Vigil's own policy is known by its name. There are two, so that one with other filters is in force before the one that it replaces has gone: at no
 * moment in between does more pass than either allows.
 */
export const policyNames = ["vigil-isolate-a", "vigil-isolate-b"] as const;
/** Goes before any other. UNVERIFIED that a larger number does */
export const precedence = 250;
const prefix = "vigil-";

const [arp, udp] = [0x0806, 17] as const;
const [dhcpServer, dhcpClient, dns] = [67, 68, 53] as const;

/**
 * Filters of what still passes; the policy drops all else. A filter's name says what it lets pass, so that one that is there already is known by it.
 * The firmware shares the host's address and learns it from the host's DHCP, so that DHCP and ARP have to pass. UNVERIFIED for addresses of its own
 */
export function rulesOf({ addresses, allowsDns }: IsolationWish): readonly Rule[] {
  const one = (direction: FilterRule["direction"], name: string) =>
    ({
      direction,
      name: `${prefix}${direction === "transmit" ? "t" : "r"}-${name}`,
      action: "pass",
      isReported: false,
    }) as const;
  const ports = (from: number, to: number) => ({ sourcePorts: [from, from], destinationPorts: [to, to] }) as const;
  const rules: Rule[] = [
    { kind: "ethernet", ...one("transmit", "arp"), etherType: arp },
    { kind: "ethernet", ...one("receive", "arp"), etherType: arp },
    { kind: "ip", ...one("transmit", "dhcp"), protocol: udp, ...ports(dhcpClient, dhcpServer) },
    { kind: "ip", ...one("receive", "dhcp"), protocol: udp, ...ports(dhcpServer, dhcpClient) },
  ];
  if (allowsDns) {
    rules.push({ kind: "ip", ...one("transmit", "dns"), protocol: udp, destinationPorts: [dns, dns] });
    rules.push({ kind: "ip", ...one("receive", "dns"), protocol: udp, sourcePorts: [dns, dns] });
  }
  for (const text of new Set(addresses)) {
    const address = bytesOf(text);
    const range = { address, mask: new Uint8Array(address.length).fill(0xff) };
    const name = Buffer.from(address).toString("hex");
    rules.push({ kind: "ip", ...one("transmit", name), destination: range });
    rules.push({ kind: "ip", ...one("receive", name), source: range });
  }
  return rules;
}

/** Whether a filter is one of an isolation's. */
export function isOwnFilter({ name }: { readonly name: string }): boolean {
  return new RegExp(`^${prefix}[tr]-`).test(name);
}

export function isOwnPolicy({ name }: { readonly name: string }): boolean {
  return policyNames.some((one) => one === name);
}

/** What passes, for people. */
export function allowedInWords({ addresses, allowsDns }: IsolationWish): string {
  return ["DHCP", ...(allowsDns ? ["DNS"] : []), ...addresses].join(", ");
}

/** @param text four numbers; the operation's parameter allows no other */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text.split("."), Number);
}
