import { assignedFields, type AssignedField, type Explanation } from "@vigil/api/resources/assignments.ts";
import { reportOf, VigilError } from "@vigil/base/errors.ts";
import { hostNameFor, type Profile } from "../profiles/profiles.ts";
import type { Evidence, Said } from "./assignment.ts";
import { fail } from "./errors.ts";
import { isHostName } from "./host-name.ts";

/** One field that another decision gave otherwise. */
export interface AssignedChange {
  readonly field: AssignedField;
  readonly before: string;
  readonly after: string;
}

/** Of a device of which nothing is known. */
export const nothing: Evidence = {
  uuid: null,
  address: null,
  mac: null,
  serialNumber: null,
  release: null,
  dnsSuffix: null,
  facts: {},
};

export const fieldWords = {
  profile: "profile",
  hostName: "host name",
  domainName: "domain",
  organizationalUnit: "organizational unit",
} as const satisfies Readonly<Record<AssignedField, string>>;

/** What the device gets, with what its profile says where nothing else did. @throws assignments.host-name.invalid (caller), unless lenient */
export function outcomeOf(
  given: Said["given"],
  profile: Profile,
  evidence: Evidence,
  how: "strict" | "lenient" = "strict",
): Explanation["outcome"] {
  const usual = `profile ${profile.name}`;
  const named = { uuid: evidence.uuid ?? unknownUuid, serialNumber: evidence.serialNumber };
  const outcome = {
    profile: given.profile ?? { value: profile.name, from: "default" },
    hostName: given.hostName ?? { value: hostNameFor(profile, named), from: usual },
    domainName: given.domainName ?? { value: profile.general.domainName, from: usual },
    organizationalUnit: given.organizationalUnit ?? { value: profile.kerberos.organizationalUnit, from: usual },
  };
  if (how === "strict" && !isHostName(outcome.hostName.value)) throw invalid(evidence.uuid, outcome.hostName);
  return outcome;
}

/** Stands in names of made-up devices. */
const unknownUuid = "00000000-0000-0000-0000-000000000000";

/** What is otherwise than before; at first, what something gave that is not the profile's own. */
export function changesBetween(before: Explanation | undefined, after: Explanation): AssignedChange[] {
  return assignedFields.flatMap((field) => {
    const is = after.outcome[field];
    const was = before?.outcome[field].value;
    const isNews = was === undefined ? /^(rule|entry) /.test(is.from) : was !== is.value;
    return isNews ? [{ field, before: was ?? "", after: is.value }] : [];
  });
}

export function invalid(
  device: string | null,
  { value, from }: { readonly value: string; readonly from: string },
): VigilError {
  const message = `"${value}", which ${from} makes of the device, is no host name`;
  return fail("assignments.host-name.invalid", { message, details: { device, hostName: value, from } });
}

export function taken(device: string | null, other: string | undefined, hostName: string, from: string): VigilError {
  const message = `The device ${other ?? "that was decided about a moment ago"} has the host name ${hostName}, which ${from} gives to ${device ?? "this one"}`;
  return fail("assignments.host-name.taken", { message, details: { device, other: other ?? null, hostName, from } });
}

export function fullNameOf({
  hostName,
  domainName,
}: {
  readonly hostName: string;
  readonly domainName: string;
}): string {
  return domainName === "" ? hostName : `${hostName}.${domainName}`;
}

export function problemOf(error: unknown): NonNullable<Explanation["problem"]> {
  if (!(error instanceof VigilError)) throw error;
  const { code, side, message, next, details } = reportOf(error);
  return { code, side, message, next, details: { ...details } };
}
