import { actions, ns } from "@vigil/wire/wsman/actions.ts";
import {
  decodeEnumerate,
  decodePull,
  encodeEndpoint,
  encodeEnumerateResponse,
  encodeItem,
  encodePullResponse,
  type EnumerateBody,
} from "@vigil/wire/wsman/bodies.ts";
import type { EnumerationFilter } from "@vigil/wire/wsman/filter.ts";
import { anonymous } from "@vigil/wire/wsman/actions.ts";
import { decodeReference, type EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { element, type XmlElement } from "@vigil/wire/xml.ts";
import { isSame, type Behavior, type Listed, type Refusal, type Success } from "./behavior.ts";
import type { Behaviors } from "./behaviors.ts";
import type { Firmware } from "./firmware.ts";

/** An instance and the behavior that has it. */
interface Found {
  readonly behavior: Behavior;
  readonly listed: Listed;
}

/** Whose instances are enumerated, and which of them the caller may read. */
export interface View {
  readonly firmware: Firmware;
  readonly behaviors: Behaviors;
  readonly mayRead: (behavior: Behavior) => boolean;
}

/** Any class, for association filters. @source protocols A.7 */
const wildcard = "http://schemas.dmtf.org/wbem/wscim/1/*";

/** An answer ends after the item with which it exceeds this: envelopes end at 50 KiB. @source protocols A.9 */
const mostCharacters = 32_000;

/** Opens an enumeration. */
export function enumerate(
  { firmware, behaviors, mayRead }: View,
  resourceUri: string,
  body: XmlElement | undefined,
): Success | Refusal {
  if (body === undefined) return { fault: "DestinationUnreachable" };
  const asked = decodeEnumerate(body);
  if (asked.filter?.kind === "foreign") return { fault: "FilterDialectRequestedUnavailable" };
  const isWild = resourceUri === wildcard && asked.filter !== undefined && asked.filter.kind !== "selectors";
  const classes = behaviors.under(resourceUri, firmware.release);
  if (!isWild && classes.length === 0) return { fault: "DestinationUnreachable" };
  if (!isWild && !classes.every(mayRead)) return { fault: "AccessDenied" };
  const context = firmware.contexts.open(resourceUri, asked);
  return {
    action: actions.enumerateResponse,
    resourceUri,
    body: encodeEnumerateResponse(context),
    namespaces: [ns.wsen],
  };
}

/** Gives the next instances of an enumeration. */
export function pull(view: View, resourceUri: string, body: XmlElement | undefined): Success | Refusal {
  const { firmware, mayRead } = view;
  if (body === undefined) return { fault: "InvalidEnumerationContext" };
  const wanted = decodePull(body);
  const context = firmware.contexts.find(wanted.context, resourceUri);
  if (context === undefined) return { fault: "InvalidEnumerationContext" };
  const all = found(view, resourceUri, context.asked).filter(({ behavior }) => mayRead(behavior));
  // Without MaxElements it is one. @source DSP0226, R8.4-1
  const atMost = Math.min(all.length, context.offset + (wanted.maxElements ?? 1));
  const items: XmlElement[] = [];
  for (let room = mostCharacters; items.length < atMost - context.offset && room > 0;) {
    const one = all[context.offset + items.length];
    if (one === undefined) break;
    const item = itemOf(one, context.asked.mode);
    room -= sizeOf(item);
    items.push(item);
  }
  const end = context.offset + items.length;
  const given = all.slice(context.offset, end);
  const isEnd = end >= all.length;
  if (isEnd) firmware.contexts.close(wanted.context);
  else firmware.contexts.advance(wanted.context, end);
  const namespaces = new Set<string>([ns.wsen]);
  if (context.asked.mode !== "reference") {
    for (const { behavior } of given) namespaces.add(behavior.definition.uri);
    if (given.some(({ behavior }) => behavior.definition.hasDatetime)) namespaces.add(ns.cimCommon);
  }
  const answer = isEnd ? { items, isEnd } : { items, isEnd, context: wanted.context };
  return { action: actions.pullResponse, resourceUri, body: encodePullResponse(answer), namespaces: [...namespaces] };
}

/** Forgets an enumeration. */
export function release(firmware: Firmware, resourceUri: string, body: XmlElement | undefined): Success | Refusal {
  const { context } = decodePull(body ?? element(ns.wsen, "Release"));
  if (firmware.contexts.find(context, resourceUri) === undefined) return { fault: "InvalidEnumerationContext" };
  firmware.contexts.close(context);
  return { action: actions.releaseResponse, resourceUri, namespaces: [ns.wsen] };
}

/** About as many characters as it takes on the wire. */
function sizeOf(one: XmlElement): number {
  return one.children.reduce((sum, inner) => sum + sizeOf(inner), 2 * one.name.length + 9 + one.text.length);
}

function itemOf({ behavior, listed }: Found, mode: EnumerateBody["mode"]): XmlElement {
  if (mode === "object") return listed.write();
  const reference = { address: anonymous, resourceUri: behavior.definition.uri, selectors: listed.selectors };
  return mode === "reference" ? encodeEndpoint(reference) : encodeItem(listed.write(), reference);
}

function found(view: View, resourceUri: string, { filter }: EnumerateBody): readonly Found[] {
  const { firmware, behaviors } = view;
  const instances = (some: readonly Behavior[]): readonly Found[] =>
    some.flatMap((behavior) => behavior.list(firmware).map((listed) => ({ behavior, listed })));
  const all = (): readonly Found[] => instances(behaviors.under(resourceUri, firmware.release));
  if (filter === undefined) return all();
  switch (filter.kind) {
    case "selectors": {
      const wanted = Object.entries(filter.selectors);
      return all().filter(({ listed }) => wanted.every(([name, value]) => isSame(listed.selectors[name], value)));
    }
    case "associations":
      return instances(associationsOf(view, filter.result)).filter(
        ({ listed }) => otherEnds(listed, filter.object) !== undefined,
      );
    case "associated":
      return associated(view, filter).filter(
        ({ behavior }) => filter.result === undefined || isA(behavior, filter.result),
      );
    case "foreign":
      return [];
    default:
      return filter satisfies never;
  }
}

function associated(view: View, filter: Extract<EnumerationFilter, { kind: "associated" }>): readonly Found[] {
  const { firmware, behaviors } = view;
  const ends = associationsOf(view, filter.association).flatMap((behavior) =>
    behavior.list(firmware).flatMap((listed) => otherEnds(listed, filter.object) ?? []),
  );
  const results: Found[] = [];
  for (const end of ends) {
    const behavior = behaviors.of(end.resourceUri, firmware.release);
    const listed = behavior?.list(firmware).find((one) => hasSelectors(one, end));
    const isNew = !results.some(
      (one) => one.behavior === behavior && listed !== undefined && hasSelectors(one.listed, end),
    );
    if (behavior !== undefined && listed !== undefined && isNew) results.push({ behavior, listed });
  }
  return results;
}

/** Classes whose instances are references alone: those that tie others together. */
function associationsOf({ firmware, behaviors }: View, name: string | undefined): readonly Behavior[] {
  return behaviors.all(firmware.release).filter(({ definition }) => {
    const references = Object.values(definition.properties).filter((one) => one.codec.kind.startsWith("reference"));
    const isAssociation = references.filter((one) => one.traits.key === true).length === 2;
    return isAssociation && (name === undefined || definition.name === name || definition.parents.includes(name));
  });
}

/** What an association ties to `object`; undefined when it does not name it. */
function otherEnds(association: Listed, object: EndpointReference): readonly EndpointReference[] | undefined {
  const ends = association
    .write()
    .children.filter((one) => one.children.some(({ name }) => name === "ReferenceParameters"))
    .map((one) => decodeReference(one));
  const isNamed = (end: EndpointReference): boolean => isSame(end, object);
  return ends.some(isNamed) ? ends.filter((end) => !isNamed(end)) : undefined;
}

function hasSelectors(listed: Listed, end: EndpointReference): boolean {
  return Object.entries(end.selectors).every(([name, value]) => isSame(listed.selectors[name], value));
}

function isA({ definition }: Behavior, name: string): boolean {
  return definition.name === name || definition.parents.includes(name);
}
