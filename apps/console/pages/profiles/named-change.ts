import type { ProfileChange } from "@vigil/api/resources/profiles.ts";
import { settingsWords } from "./setting-words.ts";
import type { Words } from "./words.ts";

/** A change as people read it. */
export interface NamedChange {
  readonly section: string;
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

export function namedChange({ setting, before, after }: ProfileChange): NamedChange {
  const { titles, words } = wordsAlong(setting);
  const [section = setting, ...rest] = titles;
  return {
    section,
    field: rest.length === 0 ? section : rest.join(" › "),
    before: valueInWords(before, words),
    after: valueInWords(after, words),
  };
}

/** Titles on the way to a setting, "network.wifiProfiles[office].ssid"; of what the form does not know, its own name. */
export function titleOf(setting: string): string {
  return wordsAlong(setting).titles.join(" › ");
}

function wordsAlong(setting: string): { readonly titles: readonly string[]; readonly words: Words | undefined } {
  const titles: string[] = [];
  let words: Words | undefined = settingsWords;
  // A name of a list's entry may have dots of its own.
  for (const [, key, entry] of setting.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)) {
    words = entry === undefined ? words?.fields?.[key ?? ""] : words?.one;
    titles.push(entry ?? words?.title ?? key ?? "");
  }
  return { titles, words };
}

/** A value as its box shows it. @param text JSON, or null where there is none */
function valueInWords(text: string | null, words: Words | undefined): string {
  if (text === null) return "—";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The drift of a device is in words already.
    return text;
  }
  return inWords(value, words);
}

function inWords(value: unknown, words: Words | undefined): string {
  if (value === null) return words?.none ?? "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return words?.choices?.[value] ?? (value === "" ? "empty" : value);
  if (Array.isArray(value)) {
    return value.length === 0 ? "none" : value.map((one) => inWords(one, words?.one)).join(", ");
  }
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([key, one]) => `${words?.fields?.[key]?.title ?? key}: ${inWords(one, words?.fields?.[key])}`)
      .join("; ");
  }
  return String(value);
}
