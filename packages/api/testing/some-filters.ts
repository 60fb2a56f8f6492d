import * as fc from "fast-check";
import { DeviceState, PowerState } from "../resources/devices.ts";

// Filters as text, of all that the language has, for properties that must hold of any of them.

/** Pieces in which a comparison may go wrong: wildcards, escapes, blanks, letter case, what looks like SQL. */
const pieces = ["pc", "PC-1", "%", "_", "\\", " ", "127.0.0.1", "16.1", "a", "*", "?", "é", "É", "';--", '"'];

const stateNames = DeviceState.anyOf.map((one) => one.const);
const powerNames = PowerState.anyOf.map((one) => one.const);
const known = ["hostName", "address", "uuid", "state", "power", "model", "profile", "error", "tag"];
const texts = ["hostName", "model", "profile", "error", "tag"];
const moments = ["firstSeen", "lastSeen", "provisioned", "certificateExpires"];

/** As the language quotes a value. */
export function inQuotes(value: string): string {
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/**
 * @param words.values that devices may have, beside those in which a comparison may go wrong
 * @param words.networks to ask for by `address in`
 */
export function someFilters(words: {
  readonly values?: readonly string[];
  readonly networks: readonly string[];
}): fc.Arbitrary<string> {
  const text = fc
    .array(fc.constantFrom(...pieces, ...(words.values ?? [])), { minLength: 1, maxLength: 2 })
    .map((parts) => parts.join(""));
  const comparison = fc.constantFrom("<", "<=", ">", ">=");
  const condition = fc.oneof(
    text.map(inQuotes),
    fc
      .tuple(fc.constantFrom(...texts), fc.constantFrom("=", "!=", "~", "!~"), text)
      .map(([field, operator, value]) => `${field} ${operator} ${inQuotes(value)}`),
    fc
      .tuple(fc.constantFrom("hostName", "tag"), fc.array(text, { minLength: 1, maxLength: 3 }))
      .map(([field, values]) => `${field} in (${values.map(inQuotes).join(", ")})`),
    fc.constantFrom(...stateNames).map((state) => `state = ${state}`),
    fc.constantFrom(...powerNames).map((power) => `power != ${power}`),
    fc.tuple(fc.constantFrom(...known), fc.constantFrom("known", "unknown")).map(([field, is]) => `${field} is ${is}`),
    fc
      .tuple(
        fc.oneof(comparison, fc.constantFrom("=", "!=")),
        fc.constantFrom("16", "16.1", "16.1.25", "12", "16.1.25.0", "1"),
      )
      .map(([order, release]) => (order === "!=" ? `not release = ${release}` : `release ${order} ${release}`)),
    fc
      .tuple(
        fc.constantFrom(...moments),
        comparison,
        fc.constantFrom("now", "now-9d", "now+30d", "2026-01-01", "2026-01-01T00:00:05Z"),
      )
      .map((parts) => parts.join(" ")),
    fc.constantFrom("reachable = yes", "reachable = no"),
    fc.constantFrom(...words.networks).map((network) => `address in ${network}`),
  );
  return fc.letrec<{ whole: string }>((tie) => ({
    whole: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      condition,
      fc
        .tuple(tie("whole"), fc.constantFrom("and", "or"), tie("whole"))
        .map(([left, by, right]) => `(${left} ${by} ${right})`),
      tie("whole").map((one) => `not ${one}`),
    ),
  })).whole;
}
