import type { Evidence } from "@vigil/api/resources/assignments.ts";

/** @source protocols B.2: a host name has at most 63 characters */
const mostHostName = 63;

/**
 * The host name that a rule makes of what is known: letters, digits and dashes, as DNS wants them.
 * @returns `lacks` what the rule needs and nobody knows: then there is no name
 */
export function nameFrom(
  rule: string,
  { uuid, serialNumber, mac, facts }: Evidence,
): { readonly name: string; readonly lacks: readonly string[] } {
  const lacks: string[] = [];
  const name = rule.replaceAll(/\{([^}]*)\}/g, (_, what: string) => {
    const value = valueOf(what) ?? "";
    const clean = value.replaceAll(/[^A-Za-z0-9-]/g, "");
    if (clean === "") lacks.push(what);
    return clean;
  });
  return { name: labelFrom(name), lacks };

  function valueOf(what: string): string | null | undefined {
    if (what === "uuid") return uuid;
    if (what === "uuid8") return uuid?.slice(0, 8);
    if (what === "serial") return serialNumber;
    if (what === "mac") return mac?.replaceAll(/[^0-9a-fA-F]/g, "");
    return what.startsWith("fact:") ? facts[what.slice("fact:".length)] : undefined;
  }
}

/** One label of DNS. @source RFC 1035 section 2.3.1 */
export function isHostName(text: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(text);
}

function labelFrom(text: string): string {
  return text.slice(0, mostHostName).replaceAll(/^-+|-+$/g, "");
}
