import type { Condition, Expression } from "@vigil/api/filter/expression.ts";
import { fail } from "../errors.ts";

/** What a collection holds: devices listed by uuid, or those for which a filter holds. */
export type Held = { readonly uuids: readonly string[] } | { readonly filter: Expression };

/** Collections within one another. Chosen: nobody sees through more. */
const mostNested = 10;

/**
 * A filter without names of collections: each is replaced by what that one holds.
 * @param heldBy finds one by name, letter case aside @param path the collections that are being looked into
 * @throws collections.ring (caller), and whatever heldBy throws for an unknown one
 */
export async function resolved(
  filter: Expression,
  heldBy: (name: string) => Promise<Held>,
  path: readonly string[] = [],
): Promise<Expression> {
  switch (filter.kind) {
    case "and":
    case "or":
      return { ...filter, of: await inTurn(filter.of, (one) => resolved(one, heldBy, path)) };
    case "not":
      return { kind: "not", of: await resolved(filter.of, heldBy, path) };
    default:
      return conditionWithout(filter, heldBy, path);
  }
}

async function conditionWithout(
  condition: Condition,
  heldBy: (name: string) => Promise<Held>,
  path: readonly string[],
): Promise<Expression> {
  if (condition.kind === "search" || condition.field !== "collection") return condition;
  // Every device is in the collection of all.
  if (condition.kind === "known") return { kind: "and", of: [] };
  if (condition.kind === "like") throw fail("collections.pattern", { details: { pattern: condition.pattern } });
  const all = await inTurn(condition.values, async (name): Promise<Expression> => {
    const nested = [...path, name];
    const isRing = path.some((one) => one.toLowerCase() === name.toLowerCase());
    if (isRing || nested.length > mostNested) throw fail("collections.ring", { details: { collections: nested } });
    const held = await heldBy(name);
    if ("uuids" in held) return { kind: "oneOf", field: "uuid", values: held.uuids };
    return resolved(held.filter, heldBy, nested);
  });
  return { kind: "or", of: all };
}

/** Names of the collections that a filter names, as written. */
export function collectionsIn(filter: Expression): readonly string[] {
  switch (filter.kind) {
    case "and":
    case "or":
      return filter.of.flatMap(collectionsIn);
    case "not":
      return collectionsIn(filter.of);
    case "oneOf":
      return filter.field === "collection" ? filter.values : [];
    default:
      return [];
  }
}

async function inTurn<A, B>(all: readonly A[], work: (one: A) => Promise<B>): Promise<B[]> {
  const done: B[] = [];
  for (const one of all) done.push(await work(one));
  return done;
}
