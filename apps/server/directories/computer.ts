import { AndFilter, EqualityFilter } from "ldapts";
import { accountControl, descriptionOf, encryptionBits, isDisabled } from "./account.ts";
import { fail } from "./errors.ts";
import { results, type Asked } from "./failures.ts";
import type { Found, Session } from "./session.ts";

/** A device's object, as the directory has it. */
export interface Computer {
  readonly dn: string;
  /** objectGUID, hexadecimal: it stays when the object is moved or renamed. */
  readonly objectId: string;
  readonly account: string;
  readonly description: string;
  readonly dnsName: string;
  readonly serviceNames: readonly string[];
  readonly isDisabled: boolean;
  readonly encryption: number;
  /** The key's version; 0 when the directory does not say. */
  readonly keyVersion: number;
}

/** What an object is to be. */
export interface Wanted {
  readonly uuid: string;
  readonly account: string;
  readonly dnsName: string;
  readonly serviceNames: readonly string[];
  readonly encryption: keyof typeof encryptionBits;
}

const attributes = [
  "sAMAccountName",
  "description",
  "dNSHostName",
  "servicePrincipalName",
  "userAccountControl",
  "msDS-SupportedEncryptionTypes",
  "msDS-KeyVersionNumber",
];

/** The computer of that account name below `base`; undefined when there is none. @throws directory.* */
export async function findComputer(session: Session, base: string, account: string): Promise<Computer | undefined> {
  const filter = new AndFilter({
    filters: [equals("objectClass", "computer"), equals("sAMAccountName", account)],
  });
  const [found] = await session.search(
    base,
    { scope: "sub", filter, attributes, bytes: ["objectGUID"] },
    { right: "read computer objects", on: base },
  );
  return found === undefined ? undefined : computerIn(found);
}

/** Makes the object, disabled and without a name. @returns its distinguished name @throws directory.* */
export async function addComputer(session: Session, unit: string, { uuid, account }: Wanted): Promise<string> {
  const dn = `CN=${account.replace(/\$$/, "")},${unit}`;
  await session.add(
    dn,
    {
      objectClass: ["top", "person", "organizationalPerson", "user", "computer"],
      sAMAccountName: [account],
      userAccountControl: [String(accountControl.disabled)],
      description: [descriptionOf(uuid)],
    },
    {
      right: "create computer objects",
      on: unit,
      codes: { [results.alreadyExists]: "directory.object.foreign", [results.invalidDn]: "directory.unit.missing" },
    },
  );
  return dn;
}

/** @throws directory.right.missing, directory.password.refused (caller) */
export async function setPassword(session: Session, dn: string, password: string): Promise<void> {
  const quoted = Buffer.from(`"${password}"`, "utf16le");
  const asked = {
    right: "reset the password",
    on: dn,
    codes: {
      [results.constraintViolation]: "directory.password.refused",
      [results.unwilling]: "directory.password.refused",
    },
  } as const;
  // @source MS-ADTS 3.1.1.3.1.5.1: one value, in quotes, UTF-16LE; replaced, not changed
  await session.replace(dn, { unicodePwd: [quoted] }, asked);
}

/**
 * Gives it its names, all of them, in place of those that it had.
 * @throws directory.name.taken (caller) with the object that has one of them, directory.right.missing (caller)
 */
export async function setNames(session: Session, base: string, dn: string, wanted: Wanted): Promise<void> {
  await refuseTaken(session, base, dn, wanted.serviceNames);
  const asked = (right: string): Asked => ({
    right,
    on: dn,
    // The forest's other domains are not searched; its rule that names are unique holds there too.
    codes: { [results.constraintViolation]: "directory.name.taken" },
  });
  await session.replace(dn, { dNSHostName: [wanted.dnsName] }, asked("write dNSHostName"));
  await session.replace(dn, { servicePrincipalName: wanted.serviceNames }, asked("write servicePrincipalName"));
}

/** Switches it on, for tickets of that encryption alone. @throws directory.right.missing (caller) */
export async function enable(session: Session, dn: string, { encryption }: Wanted): Promise<void> {
  const types = { "msDS-SupportedEncryptionTypes": [String(encryptionBits[encryption])] };
  await session.replace(dn, types, { right: "write msDS-SupportedEncryptionTypes", on: dn });
  const control = { userAccountControl: [String(accountControl.enabled)] };
  await session.replace(dn, control, { right: "write userAccountControl", on: dn });
}

/** Takes its names off, so that another object can have them, and switches it off. @throws directory.right.missing (caller) */
export async function disable(session: Session, dn: string): Promise<void> {
  await session.replace(dn, { servicePrincipalName: [] }, { right: "write servicePrincipalName", on: dn });
  const control = { userAccountControl: [String(accountControl.disabled)] };
  await session.replace(dn, control, { right: "write userAccountControl", on: dn });
}

/** @throws directory.right.missing (caller) */
export function deleteComputer(session: Session, dn: string): Promise<void> {
  return session.remove(dn, { right: "delete computer objects", on: dn });
}

/** @throws directory.name.taken (caller) */
async function refuseTaken(session: Session, base: string, dn: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const bearers = await session.search(
      base,
      { scope: "sub", filter: equals("servicePrincipalName", name), attributes: ["sAMAccountName"] },
      { right: "read servicePrincipalName", on: base },
    );
    const other = bearers.find((one) => one.dn.toLowerCase() !== dn.toLowerCase());
    if (other === undefined) continue;
    throw fail("directory.name.taken", { details: { serviceName: name, other: other.dn, on: dn } });
  }
}

/** The value goes to the server as bytes of its own: no character of it is read as a part of the filter. @source RFC 4511, 4.5.1.7 */
function equals(attribute: string, value: string): EqualityFilter {
  return new EqualityFilter({ attribute, value });
}

function computerIn(found: Found): Computer {
  const first = (attribute: string): string => found.texts(attribute)[0] ?? "";
  return {
    dn: found.dn,
    objectId: Buffer.from(found.bytes("objectGUID") ?? []).toString("hex"),
    account: first("sAMAccountName"),
    description: first("description"),
    dnsName: first("dNSHostName"),
    serviceNames: found.texts("servicePrincipalName"),
    isDisabled: isDisabled(Number(first("userAccountControl"))),
    encryption: Number(first("msDS-SupportedEncryptionTypes")),
    keyVersion: Number(first("msDS-KeyVersionNumber")),
  };
}
