import type { ClassDefinition, Input, Instance, MethodName, Output } from "@vigil/model/define.ts";
import { exists } from "@vigil/model/firmware.ts";
import {
  decodeInput,
  decodeInstance,
  decodeValues,
  encodeInstance,
  encodeOutput,
  selectorsOf,
} from "@vigil/model/instances.ts";
import type { FaultName } from "@vigil/wire/wsman/fault.ts";
import type { EndpointReference, Selectors } from "@vigil/wire/wsman/reference.ts";
import type { XmlElement } from "@vigil/wire/xml.ts";
import type { Caller, Firmware } from "./firmware.ts";

export { realms } from "@vigil/model/value-maps.ts";

/** The firmware refuses: which fault, and the PT_STATUS where there is one. */
export interface Refusal {
  readonly fault: FaultName;
  readonly status?: number;
}

/** What an operation gave. */
export interface Success {
  readonly action: string;
  readonly resourceUri?: string;
  readonly body?: XmlElement;
  /** Namespaces g, h, i … */
  readonly namespaces: readonly string[];
}

/** One request, as a behavior sees it. */
export interface Call {
  readonly firmware: Firmware;
  readonly caller: Caller;
  readonly selectors: Selectors;
}

/** What a device does with one class. All parts but `realm` and `list` are optional: what is missing is not supported. */
export interface BehaviorOf<C extends ClassDefinition> {
  /** The realm that a user needs; the admin has them all. */
  readonly realm: number;
  /** All instances, as Enumerate gives them. */
  readonly list: (firmware: Firmware) => readonly Partial<Instance<C>>[];
  /** @param value what was sent, merged over the stored instance */
  readonly put?: (call: Call, value: Partial<Instance<C>>) => Refusal | undefined;
  /** Put is answered with an empty body instead of the instance. */
  readonly isPutSilent?: true;
  readonly create?: (call: Call, value: Partial<Instance<C>>) => Refusal | EndpointReference;
  readonly remove?: (call: Call) => Refusal | undefined;
  readonly methods?: {
    readonly [N in MethodName<C>]?: (call: Call, input: Input<C, N>) => Output<C, N> | Promise<Output<C, N>>;
  };
  /** Realms of methods that need another one than the class. */
  readonly methodRealms?: { readonly [N in MethodName<C>]?: number };
  /** Methods that change nothing, and so may be called over the plain port before setup. */
  readonly readingMethods?: readonly MethodName<C>[];
}

/** A behavior without its types: what the dispatcher holds. */
export interface Behavior {
  readonly definition: ClassDefinition;
  readonly realm: number;
  readonly readingMethods: ReadonlySet<string>;
  /** What it does beyond Get and Enumerate; docs/protocol lists it. */
  readonly supports: readonly ("put" | "create" | "delete")[];
  /** Methods that it has. */
  readonly methods: readonly string[];
  /** The realm that a method of it needs; undefined for what is no method. */
  realmOf(method: string | undefined): number;
  list(firmware: Firmware): readonly Listed[];
  /** @returns the instance as it is now; undefined when the class does not show it */
  put(call: Call, body: XmlElement): Refusal | XmlElement | undefined;
  create(call: Call, body: XmlElement): Refusal | EndpointReference;
  remove(call: Call): Refusal | undefined;
  /** @returns undefined when the class has no such method */
  invoke(call: Call, method: string, body: XmlElement): Promise<XmlElement> | undefined;
}

/** One instance: how it is named, what it is, and how it is written when someone wants it. */
export interface Listed {
  readonly selectors: Selectors;
  /** As the behavior holds it, typed by its class. */
  readonly value: object;
  readonly write: () => XmlElement;
}

/**
 * Joins a class and what a device does with it: the twin of the client's capability. Called with the class first, so that what
 * follows is checked, and understood, as that class's.
 */
export function implement<C extends ClassDefinition>(definition: C): (behavior: BehaviorOf<C>) => Behavior {
  return (behavior) => {
    const namesOf = (one: Partial<Instance<C>>): Selectors => selectorsOf(definition, one);
    return {
      definition,
      realm: behavior.realm,
      readingMethods: new Set(behavior.readingMethods ?? []),
      supports: [
        ...(behavior.put === undefined ? [] : (["put"] as const)),
        ...(behavior.create === undefined ? [] : (["create"] as const)),
        ...(behavior.remove === undefined ? [] : (["delete"] as const)),
      ],
      methods: Object.keys(behavior.methods ?? {}),
      // A name that the table lacks is of no method, or of one with the class's realm.
      realmOf: (method) => behavior.methodRealms?.[method as MethodName<C>] ?? behavior.realm,
      list: (firmware) =>
        behavior.list(firmware).map((value) => ({
          selectors: namesOf(value),
          value,
          write: () => encodeInstance(definition, value, firmware.release),
        })),
      put(call, body) {
        const { firmware, selectors } = call;
        if (behavior.put === undefined) return { fault: "ActionNotSupported" };
        const found = pick(behavior.list(firmware), namesOf, selectors);
        if ("fault" in found) return found;
        const { value } = decodeInstance(definition, merged(definition, encodeInstance(definition, found.one), body));
        const refusal = behavior.put(call, value);
        if (refusal !== undefined || behavior.isPutSilent === true) return refusal;
        // The change may have been one of a key, as when a certificate takes another's place.
        const renamed = pick(behavior.list(firmware), namesOf, namesOf(value));
        const after = "fault" in renamed ? pick(behavior.list(firmware), namesOf, selectors) : renamed;
        return "fault" in after ? after : encodeInstance(definition, after.one, firmware.release);
      },
      create(call, body) {
        if (behavior.create === undefined) return { fault: "ActionNotSupported" };
        // The firmware completes keys that a manager leaves out.
        const value = decodeValues(definition.properties, body).value as Partial<Instance<C>>;
        return behavior.create(call, value);
      },
      remove(call) {
        return behavior.remove === undefined ? { fault: "ActionNotSupported" } : behavior.remove(call);
      },
      invoke(call, method, body) {
        const { methods } = behavior;
        // The table's keys are the class's method names; one that is neither there nor in the class is not supported.
        const name = method as MethodName<C>;
        const run = methods !== undefined && Object.hasOwn(methods, method) ? methods[name] : undefined;
        const declared = definition.methods[method];
        if (declared === undefined || run === undefined) return undefined;
        if (!exists(declared, call.firmware.release)) return undefined;
        const input = decodeInput(definition, name, body).value;
        return Promise.resolve(run(call, input)).then((output) => {
          call.firmware.noteCall({ class: definition.name, method, input, output });
          return encodeOutput(definition, name, output);
        });
      },
    };
  };
}

/** The instance that the selectors name; none at all name the only one. @source protocols A.9 "Selector rules" */
export function pick<T>(
  all: readonly T[],
  namesOf: (one: T) => Selectors,
  selectors: Selectors,
): { readonly one: T } | Refusal {
  const wanted = Object.entries(selectors);
  const known = all[0] === undefined ? {} : namesOf(all[0]);
  if (all.length > 0 && wanted.some(([name]) => !Object.hasOwn(known, name))) return { fault: "InvalidSelectors" };
  const matches = all.filter((one) => {
    const names = namesOf(one);
    return wanted.every(([name, value]) => isSame(names[name], value));
  });
  const [one] = matches;
  if (one === undefined) return { fault: "DestinationUnreachable" };
  return matches.length > 1 ? { fault: "InvalidSelectors" } : { one };
}

/** Whether two selectors' values are the same. */
export function isSame(a: string | EndpointReference | undefined, b: string | EndpointReference): boolean {
  if (typeof a !== "object" || typeof b !== "object") return a === b;
  // A client may leave out keys of a reference that its class fixes anyway.
  return (
    a.resourceUri === b.resourceUri &&
    Object.entries(b.selectors).every(([name, value]) => isSame(a.selectors[name], value))
  );
}

/**
 * What was sent, and what a Put cannot unset: keys, read-only members, numbers and switches that were left out stay as they
 * are; texts, lists and references that were left out are unset. @source protocols A.9 "Missing optional = unset"
 */
function merged(definition: ClassDefinition, stored: XmlElement, sent: XmlElement): XmlElement {
  const given = new Set(sent.children.map((one) => one.name));
  const stays = stored.children.filter((one) => {
    const property = definition.properties[one.name];
    if (property === undefined || given.has(one.name)) return false;
    const { traits, codec } = property;
    if (traits.key === true || traits.readonly === true) return true;
    return traits.list !== true && !/^(string|datetime|base64|hexBinary|reference|instance)/.test(codec.kind);
  });
  return { ...stored, children: [...stays, ...sent.children] };
}

/** The answer that carries nothing but its code. */
export function returns<const R extends number>(ReturnValue: R): { readonly ReturnValue: R } {
  return { ReturnValue };
}
