import { DeviceState, PowerState, SetupMethod } from "../resources/devices.ts";

/**
 * How the values of a field compare.
 * "text": without regard to the case of A to Z, and by patterns. "choice": one of a few. "list": holds the value. "release": by numbers between
 * the dots. "moment": before and after. "flag": yes or no. "address": as text, and inside a network.
 */
export type FieldKind = "text" | "choice" | "list" | "release" | "moment" | "flag" | "address";

export interface Field {
  readonly kind: FieldKind;
  /** For people: what it says of a device. */
  readonly about: string;
  /** With "choice". */
  readonly choices?: readonly string[];
}

/** What a filter can ask of a device. The server's columns and its plain evaluator follow these names. */
export const fields = {
  hostName: { kind: "text", about: "its name on the network" },
  address: { kind: "address", about: "where it was last reached" },
  uuid: { kind: "text", about: "the machine's UUID" },
  state: { kind: "choice", about: "how far its set-up is", choices: namesOf(DeviceState) },
  error: { kind: "text", about: "the code of what went wrong last" },
  power: { kind: "choice", about: "its power when last asked", choices: namesOf(PowerState) },
  reachable: { kind: "flag", about: "whether it answered when last asked" },
  release: { kind: "release", about: "its firmware's release" },
  manufacturer: { kind: "text", about: "who made it" },
  model: { kind: "text", about: "its model" },
  serial: { kind: "text", about: "its serial number" },
  bios: { kind: "text", about: "its BIOS version" },
  controlMode: { kind: "choice", about: "who is in control", choices: ["none", "client", "admin"] },
  profile: { kind: "text", about: "the profile it is to have" },
  channel: { kind: "choice", about: "how it is spoken to", choices: ["plain", "tls", "mutual"] },
  setupMethod: { kind: "choice", about: "by which way it was set up", choices: namesOf(SetupMethod) },
  collection: { kind: "list", about: "the collections that hold it" },
  isolated: { kind: "flag", about: "whether its machine is cut off from the network, or is to be" },
  tag: { kind: "list", about: "its tags" },
  firstSeen: { kind: "moment", about: "when it was first seen" },
  lastSeen: { kind: "moment", about: "when it was last seen" },
  provisioned: { kind: "moment", about: "when its set-up ended" },
  inventoried: { kind: "moment", about: "when its hardware was last read" },
  maintained: { kind: "moment", about: "when its clock and certificate were last seen to" },
  certificateExpires: { kind: "moment", about: "when the certificate that it shows ends" },
} as const satisfies Readonly<Record<string, Field>>;

export type FieldName = keyof typeof fields;

type NamesOf<K extends FieldKind> = { [N in FieldName]: (typeof fields)[N]["kind"] extends K ? N : never }[FieldName];

/** Compared as text. */
export type TextField = NamesOf<"text" | "choice" | "address">;
export type ListField = NamesOf<"list">;
export type ReleaseField = NamesOf<"release">;
export type MomentField = NamesOf<"moment">;
export type FlagField = NamesOf<"flag">;
export type AddressField = NamesOf<"address">;

const byLowerCase: ReadonlyMap<string, FieldName> = new Map(
  Object.keys(fields).map((name) => [name.toLowerCase(), name as FieldName]),
);

export const fieldNames: readonly FieldName[] = [...byLowerCase.values()];

/** The field of that name, letter case aside. */
export function fieldNamed(word: string): FieldName | undefined {
  return byLowerCase.get(word.toLowerCase());
}

export function fieldOf(name: FieldName): Field {
  return fields[name];
}

function namesOf(union: { readonly anyOf: readonly { readonly const: string }[] }): readonly string[] {
  return union.anyOf.map((one) => one.const);
}
