import type { ClassDefinition, Instance } from "@vigil/model/define.ts";
import { referenceTo, selectorsOf } from "@vigil/model/instances.ts";
import { implement, isSame, realms, type Behavior } from "@vigil/virtual-device/behavior.ts";
import type { Selectors } from "@vigil/wire/wsman/reference.ts";

type Held = Partial<Instance<ClassDefinition>>;

/** What a device holds of one class that does just what it is told, and what it was told. */
export interface Shelf {
  readonly behavior: Behavior;
  /** The instances, as the behavior has them. */
  held: readonly Held[];
  /** Arguments of the last method call, as the behavior saw them. */
  seen: object | undefined;
  /** What the next method call gives. */
  given: { readonly ReturnValue: number };
}

/** A class of which a device takes, keeps and gives back any instance, whatever firmware would think of it. */
export function shelfOf(definition: ClassDefinition): Shelf {
  const indexOf = (selectors: Selectors): number =>
    shelf.held.findIndex((one) => {
      const names = selectorsOf(definition, one);
      return Object.entries(selectors).every(([name, value]) => isSame(names[name], value));
    });
  const methods = Object.keys(definition.methods).map((name) => [
    name,
    (_call: unknown, input: object) => {
      shelf.seen = input;
      return shelf.given;
    },
  ]);
  const behavior = implement(definition)({
    realm: realms.administration,
    list: () => shelf.held,
    put({ selectors }, value) {
      shelf.held = shelf.held.with(indexOf(selectors), value);
      return undefined;
    },
    create(_call, value) {
      shelf.held = [...shelf.held, value];
      return referenceTo(definition, value);
    },
    remove({ selectors }) {
      shelf.held = shelf.held.toSpliced(indexOf(selectors), 1);
      return undefined;
    },
    methods: Object.fromEntries(methods),
  });
  const shelf: Shelf = { behavior, held: [], seen: undefined, given: { ReturnValue: 0 } };
  return shelf;
}
