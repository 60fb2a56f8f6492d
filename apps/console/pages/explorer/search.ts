export const verbs = ["get", "enum", "invoke"] as const;
export type Verb = (typeof verbs)[number];

/** What the explorer's address says. Arguments of a method are not in it: one may be a password. */
export interface ExplorerSearch {
  class?: string;
  verb?: Verb;
  method?: string;
  selectors?: Readonly<Record<string, string>>;
  view?: "raw";
}

/** Reads an address; what makes no sense in it is left out. */
export function explorerSearch(given: Readonly<Record<string, unknown>>): ExplorerSearch {
  const { class: name, method, selectors } = given;
  const verb = verbs.find((one) => one === given["verb"]);
  const pairs = typeof selectors === "object" && selectors !== null ? Object.entries(selectors) : [];
  // A number in an address is read as one.
  const texts = pairs.flatMap(([key, one]): [string, string][] =>
    typeof one === "string" || typeof one === "number" || typeof one === "boolean" ? [[key, String(one)]] : [],
  );
  return {
    ...(typeof name === "string" ? { class: name } : {}),
    ...(verb === undefined ? {} : { verb }),
    ...(typeof method === "string" ? { method } : {}),
    ...(texts.length === 0 ? {} : { selectors: Object.fromEntries(texts) }),
    ...(given["view"] === "raw" ? { view: "raw" } : {}),
  };
}
