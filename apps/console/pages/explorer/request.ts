import type { Exploration, ModelClass, ModelMember, ModelMethod } from "@vigil/api/resources/explorer.ts";
import { textOfReference } from "./values.ts";

/** What has been typed: argument to values. */
export type Draft = Readonly<Record<string, readonly string[]>>;

const ranges: Readonly<Record<string, readonly [least: bigint, most: bigint]>> = {
  uint8: [0n, 0xffn],
  uint16: [0n, 0xffffn],
  uint32: [0n, 0xffff_ffffn],
  uint64: [0n, 0xffff_ffff_ffff_ffffn],
  int8: [-0x80n, 0x7fn],
  int16: [-0x8000n, 0x7fffn],
  int32: [-0x8000_0000n, 0x7fff_ffffn],
  int64: [-0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn],
};
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;
const interval = /^P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/;
const reference = /^(AMT|CIM|IPS)_\w+(\?\w+=[^&]*(&\w+=[^&]*)*)?$/;

/** Whether a method cannot be called without it. */
export function isNeeded({ isOptional, isList }: ModelMember): boolean {
  return isOptional !== true && isList !== true;
}

/** What is wrong with what was typed for an argument, in a few words. The server has the last word. */
export function problemOf(member: ModelMember, given: readonly string[] | undefined): string | undefined {
  const values = (given ?? []).filter((one) => one !== "");
  if (values.length === 0) return isNeeded(member) ? problemOfNone(member) : undefined;
  return values.map((one) => problemOfText(member, one)).find((one) => one !== undefined);
}

function problemOfNone({ type, of }: ModelMember): string {
  return type === "instance" ? `Only a program can write an instance of ${of ?? "a class"}` : "Needed";
}

function problemOfText({ type, values = [] }: ModelMember, text: string): string | undefined {
  const range = ranges[type];
  if (range !== undefined) {
    const [least, most] = range;
    const isGood = /^-?\d{1,20}$/.test(text) && BigInt(text) >= least && BigInt(text) <= most;
    return isGood ? undefined : `A whole number from ${least} to ${most}`;
  }
  switch (type) {
    case "boolean":
      return text === "true" || text === "false" ? undefined : "true or false";
    case "real64":
      return Number.isFinite(Number(text)) ? undefined : "A number";
    case "base64":
      return isBase64(text) ? undefined : "Not base64";
    case "hexBinary":
      return /^([0-9A-Fa-f]{2})*$/.test(text) ? undefined : "Pairs of hexadecimal digits";
    case "datetime":
      return moment.test(text) || interval.test(text) ? undefined : "2026-01-31T12:00:00Z, or an interval: PT5M";
    case "enum":
      return values.some(([word]) => word === text) || /^\d{1,10}$/.test(text) ? undefined : "Not in the value map";
    case "reference":
      return reference.test(text) ? undefined : "CLASS?Key=Value&Key=Value";
    default:
      return undefined;
  }
}

function isBase64(text: string): boolean {
  const digits = text.replaceAll(/\s/g, "");
  return digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits);
}

/** The arguments of a method that were typed. */
export function inputOf({ input }: ModelMethod, draft: Draft): Record<string, string[]> {
  const typed = input.map(({ name }) => [name, (draft[name] ?? []).filter((one) => one !== "")] as const);
  return Object.fromEntries(typed.filter(([, values]) => values.length > 0));
}

/** Keys that were typed. */
export function selectorsOf(given: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== ""));
}

/** The selectors that name an instance that a device has shown. */
export function selectorsOfInstance({ properties }: ModelClass, value: unknown): Record<string, string> {
  const all: Record<string, string> = {};
  for (const { name, isKey, values = [] } of properties) {
    const held: unknown = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
    if (isKey !== true || held === undefined || held === null) continue;
    const number = values.find(([word]) => word === held)?.[1];
    all[name] = textOfReference(held) ?? String(number ?? held);
  }
  return all;
}

/** Why it cannot be asked now; undefined when it can. */
export function hindrance(asked: {
  readonly isProvisioned: boolean;
  readonly mayInvoke: boolean;
  readonly lacking: readonly string[];
  readonly release: string | null;
  readonly definition: ModelClass;
  readonly verb: Exploration["verb"];
  readonly method: ModelMethod | undefined;
  readonly draft: Draft;
}): string | undefined {
  const { definition, verb, method, draft } = asked;
  if (!asked.isProvisioned) return "Only provisioned devices can be asked";
  const gate = gateOf(definition, asked.lacking, asked.release);
  if (gate !== undefined) return `${definition.name} is ${gate}`;
  if (verb !== "invoke") return undefined;
  if (!asked.mayInvoke) return "The right device.invoke is missing: an owner can grant it";
  if (method === undefined) return "Choose a method";
  const wrong = method.input.find((one) => problemOf(one, draft[one.name]) !== undefined);
  return wrong === undefined ? undefined : `${wrong.name}: ${problemOf(wrong, draft[wrong.name])}`;
}

/** "not in release 12.0: since 15.0"; undefined when the device's release has the class. */
export function gateOf(
  { name, since, until }: Pick<ModelClass, "name" | "since" | "until">,
  lacking: readonly string[],
  release: string | null,
): string | undefined {
  if (release === null || !lacking.includes(name)) return undefined;
  const short = release.split(".").slice(0, 2).join(".");
  const window = [since === undefined ? "" : `since ${since}`, until === undefined ? "" : `until ${until}`];
  return `not in release ${short}: ${window.filter((one) => one !== "").join(", ")}`;
}
