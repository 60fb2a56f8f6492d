import "reflect-metadata";
import type { X509Certificate } from "node:crypto";
import { X509Certificate as Parsed } from "@peculiar/x509";
import { fromBER, OctetString, Primitive, Sequence, type AsnType, type Constructed } from "asn1js";

/** What the authorities of a chain may vouch for; each one's own, and all of them hold. @source RFC 5280, 4.2.1.10 */
export interface NameConstraints {
  /** A DNS name. */
  allowsHost(name: string): boolean;
  allowsAddress(address: string): boolean;
  /** "permitted corp.example; excluded lab.example"; empty when there are none. */
  readonly text: string;
}

const oid = "2.5.29.30";
/** Tags of GeneralName. */
const dnsTag = 2;
const addressTag = 7;

interface Subtrees {
  readonly hosts: readonly string[];
  /** Address and mask behind each other. */
  readonly addresses: readonly Uint8Array[];
}
interface Rule {
  readonly permitted: Subtrees;
  readonly excluded: Subtrees;
}

/** @param issuers every certificate above the leaf */
export function nameConstraintsOf(issuers: readonly X509Certificate[]): NameConstraints {
  const rules = issuers.flatMap((one) => ruleIn(one) ?? []);
  const parts = rules.flatMap(({ permitted, excluded }) => [
    ...permitted.hosts.map((host) => `permitted ${host}`),
    ...excluded.hosts.map((host) => `excluded ${host === "" ? "every name" : host}`),
    ...(permitted.addresses.length === 0 ? [] : ["permitted some addresses"]),
    ...(excluded.addresses.length === 0 ? [] : ["excluded some addresses"]),
  ]);
  return {
    text: parts.join("; "),
    allowsHost: (name) => rules.every((rule) => allows(rule, "hosts", (subtree) => isWithin(name, subtree))),
    allowsAddress: (address) => {
      const bytes = bytesOf(address);
      if (bytes === undefined) return rules.length === 0;
      return rules.every((rule) => allows(rule, "addresses", (subtree) => isInNetwork(bytes, subtree)));
    },
  };
}

/** Names of a kind are free unless some of that kind are permitted; what is excluded is never allowed. */
function allows<K extends keyof Subtrees>(
  { permitted, excluded }: Rule,
  kind: K,
  matches: (subtree: Subtrees[K][number]) => boolean,
): boolean {
  const some = (subtrees: readonly Subtrees[K][number][]): boolean => subtrees.some(matches);
  return (permitted[kind].length === 0 || some(permitted[kind])) && !some(excluded[kind]);
}

/** Any name that ends in the subtree's labels. */
function isWithin(name: string, subtree: string): boolean {
  const wanted = subtree.toLowerCase().replace(/^\./, "");
  const lower = name.toLowerCase();
  return wanted === "" || lower === wanted || lower.endsWith(`.${wanted}`);
}

function isInNetwork(address: Uint8Array, network: Uint8Array): boolean {
  if (network.length !== 2 * address.length) return false;
  return address.every((byte, index) => {
    const mask = network[address.length + index] ?? 0;
    return (byte & mask) === ((network[index] ?? 0) & mask);
  });
}

/** Undefined for what is no IPv4 address: devices have none of the other kind. */
function bytesOf(address: string): Uint8Array | undefined {
  const parts = address.split(".").map(Number);
  return parts.length === 4 && parts.every((one) => one >= 0 && one <= 255) ? Uint8Array.from(parts) : undefined;
}

function ruleIn(certificate: X509Certificate): Rule | undefined {
  const extension = new Parsed(Buffer.from(certificate.raw)).getExtension(oid);
  if (extension === null) return undefined;
  const { result } = fromBER(extension.value);
  const fields = result instanceof Sequence ? result.valueBlock.value : [];
  const field = (tag: number): Subtrees =>
    subtreesIn(fields.find((one) => one.idBlock.tagClass === 3 && one.idBlock.tagNumber === tag));
  return { permitted: field(0), excluded: field(1) };
}

function subtreesIn(field: AsnType | undefined): Subtrees {
  const bases = childrenOf(field).flatMap((subtree) => childrenOf(subtree).slice(0, 1));
  const of = (tag: number): Uint8Array[] =>
    bases.filter((one) => one.idBlock.tagNumber === tag).map((one) => contentOf(one));
  return { hosts: of(dnsTag).map((bytes) => Buffer.from(bytes).toString("latin1")), addresses: of(addressTag) };
}

function childrenOf(one: AsnType | undefined): readonly AsnType[] {
  const value: unknown = one === undefined ? undefined : Reflect.get(one.valueBlock, "value");
  // Constructed values hold their parts in a list; primitive ones have none.
  return Array.isArray(value) ? (value as Constructed["valueBlock"]["value"]) : [];
}

function contentOf(one: AsnType): Uint8Array {
  if (one instanceof Primitive || one instanceof OctetString) return new Uint8Array(one.valueBlock.valueHexView);
  return new Uint8Array(0);
}
