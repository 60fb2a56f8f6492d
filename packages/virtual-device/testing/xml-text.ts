/** The text of the first element with that local name, in plain text search: no reader of ours takes part. */
export function firstValue(xml: string, localName: string): string | undefined {
  return new RegExp(`<(?:\\w+:)?${localName}(?:\\s[^>]*)?>([^<]*)<`).exec(xml)?.[1];
}
