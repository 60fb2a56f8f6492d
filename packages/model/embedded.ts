import type { ClassDefinition, Instance, Property, Traits } from "./define.ts";
import { property } from "./define.ts";
import { decodeValues, encodeValues } from "./instances.ts";

/** An argument that is an instance by itself, its members in the namespace of its own class. @source protocols B.16 */
export function embedded<C extends ClassDefinition, const O extends Traits = Record<never, never>>(
  definition: C,
  traits?: O,
): Property<Partial<Instance<C>>, O> {
  return property<Partial<Instance<C>>, O>(
    {
      kind: `instance of ${definition.name}`,
      // A template may lack keys; what it has was read by the codecs of its class.
      read: (from) => decodeValues(definition.properties, from).value as Partial<Instance<C>>,
      write: (value) => encodeValues(definition.properties, definition.order, value, definition.uri),
    },
    traits,
  );
}
