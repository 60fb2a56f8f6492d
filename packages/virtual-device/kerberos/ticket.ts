import {
  application,
  childrenOf,
  field,
  findIn,
  integerIn,
  readDer,
  tags,
  textIn,
  timeIn,
  valueIn,
  type Der,
} from "@vigil/wire/der.ts";
import type { KerberosKey } from "./encryption.ts";
import { malformed } from "./malformed.ts";

/** What the KDC says, readable with the service's key alone. @source RFC 4120, 5.3 "EncTicketPart" */
export interface Ticket {
  readonly principal: string;
  /** What client and service share from now on. */
  readonly session: KerberosKey;
  readonly authTimeMs: number;
  readonly startsMs: number;
  readonly endsMs: number;
  /** True until it has been validated. */
  readonly isInvalid: boolean;
  /** Authorization data; undefined when there is none. */
  readonly data: Der | undefined;
  isClient(authenticator: Authenticator): boolean;
}

/** What the client says, readable with the session's key. @source RFC 4120, 5.5.1 "Authenticator" */
export interface Authenticator {
  readonly realm: Der;
  readonly name: Der;
  /** By the client's clock, milliseconds since 1970. */
  readonly atMs: number;
  /** As they came: a proof repeats them. */
  readonly ctime: Der;
  readonly cusec: Der;
}

/** Kinds of authorization data. @source RFC 4120, 5.2.6; MS-PAC 2.2.1 */
const adIfRelevant = 1;
const adPac = 128;

/** The flag "invalid", bit 7 of the first byte. @source RFC 4120, 5.3 */
const invalid = 0x01;

/** @throws wire.der.malformed, virtual.kerberos.malformed */
export function ticketIn(whole: Der): Ticket {
  const part = opened(whole, 3);
  const key = valueIn(part, field(1), tags.sequence);
  const realm = valueIn(part, field(2), tags.generalString);
  const name = valueIn(part, field(3), tags.sequence);
  const authTime = valueIn(part, field(5), tags.generalizedTime);
  const starts = findIn(part, field(6), tags.generalizedTime) ?? authTime;
  const flags = valueIn(part, field(0), tags.bitString);
  return {
    principal: `${nameText(name)}@${textIn(realm)}`,
    session: {
      etype: integerIn(valueIn(key, field(0), tags.integer)),
      bytes: valueIn(key, field(1), tags.octetString).value,
    },
    authTimeMs: timeIn(authTime),
    startsMs: timeIn(starts),
    endsMs: timeIn(valueIn(part, field(7), tags.generalizedTime)),
    isInvalid: ((flags.value[1] ?? 0) & invalid) !== 0,
    data: findIn(part, field(10), tags.sequence),
    isClient: (one) => textIn(one.realm) === textIn(realm) && nameText(one.name) === nameText(name),
  };
}

/** @throws wire.der.malformed, virtual.kerberos.malformed */
export function authenticatorIn(whole: Der): Authenticator {
  const part = opened(whole, 2);
  const ctime = valueIn(part, field(5), tags.generalizedTime);
  const cusec = valueIn(part, field(4), tags.integer);
  return {
    realm: valueIn(part, field(1), tags.generalString),
    name: valueIn(part, field(2), tags.sequence),
    atMs: timeIn(ctime) + Math.trunc(integerIn(cusec) / 1000),
    ctime,
    cusec,
  };
}

/** The PAC, which stands in a list inside an element of the list. @throws wire.der.malformed @source MS-PAC 2.1 */
export function pacIn({ data }: Ticket): Uint8Array | undefined {
  for (const { kind, value } of data === undefined ? [] : elementsOf(data)) {
    if (kind !== adIfRelevant) continue;
    const pac = elementsOf(readDer(value)).find((one) => one.kind === adPac);
    if (pac !== undefined) return pac.value;
  }
  return undefined;
}

function elementsOf(list: Der): readonly { readonly kind: number; readonly value: Uint8Array }[] {
  return childrenOf(list).map((one) => ({
    kind: integerIn(valueIn(one, field(0), tags.integer)),
    value: valueIn(one, field(1), tags.octetString).value,
  }));
}

/** What was encrypted must be what it is read as. @throws virtual.kerberos.malformed */
function opened(whole: Der, number: number): Der {
  if (whole.tag !== application(number)) throw malformed("something else was encrypted");
  return valueIn(whole, tags.sequence);
}

/** "HTTP/desk.example.test". */
function nameText(name: Der): string {
  return childrenOf(valueIn(name, field(1), tags.sequence))
    .map((one) => textIn(one).replaceAll(/[\\/@]/g, String.raw`\$&`))
    .join("/");
}
