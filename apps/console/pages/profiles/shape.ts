/** How a setting is drawn: what its declaration says, in the form's terms. */
export type Shape =
  | { readonly kind: "yes-no" }
  | { readonly kind: "number"; readonly least: number; readonly most: number }
  | { readonly kind: "choice"; readonly values: readonly string[] }
  | { readonly kind: "text"; readonly most: number | undefined; readonly isLong: boolean }
  /** Any number of the values of an enumeration. */
  | { readonly kind: "choices"; readonly values: readonly string[] }
  | { readonly kind: "list"; readonly most: number; readonly one: Shape }
  | { readonly kind: "table"; readonly fields: readonly (readonly [name: string, shape: Shape])[] }
  /** May be null. */
  | { readonly kind: "optional"; readonly inner: Shape };

/** Text that may be longer than this gets a box of several lines: certificates. */
const longText = 1_000;

/**
 * Reads a declaration of packages/api, which is a JSON schema.
 * @throws when it holds something that the form cannot draw: better no page than one without that setting
 */
export function shapeOf(schema: unknown): Shape {
  const part = (name: string): unknown =>
    typeof schema === "object" && schema !== null ? Reflect.get(schema, name) : undefined;
  const values = part("enum");
  if (Array.isArray(values)) return { kind: "choice", values: values.map(String) };
  const alternatives = part("anyOf");
  if (Array.isArray(alternatives)) {
    const [inner, ...more] = alternatives.filter((one) => !isNull(one));
    if (more.length > 0) throw new Error("the form knows no alternatives but null");
    return { kind: "optional", inner: shapeOf(inner) };
  }
  switch (part("type")) {
    case "boolean":
      return { kind: "yes-no" };
    case "integer":
      return { kind: "number", least: numberOr(part("minimum"), 0), most: numberOr(part("maximum"), 4_294_967_295) };
    case "string": {
      const most = part("maxLength");
      const isNumber = typeof most === "number";
      return { kind: "text", most: isNumber ? most : undefined, isLong: isNumber && most > longText };
    }
    case "array": {
      const one = shapeOf(part("items"));
      if (one.kind === "choice") return { kind: "choices", values: one.values };
      return { kind: "list", most: numberOr(part("maxItems"), 1_000), one };
    }
    case "object": {
      const fields = Object.entries(part("properties") ?? {}).map(([name, field]) => [name, shapeOf(field)] as const);
      return { kind: "table", fields };
    }
    default:
      throw new Error(`the form cannot draw this: ${JSON.stringify(schema).slice(0, 200)}`);
  }
}

function isNull(schema: unknown): boolean {
  return typeof schema === "object" && schema !== null && Reflect.get(schema, "type") === "null";
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
