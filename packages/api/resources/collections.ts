import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId } from "./common.ts";

/** In the filter language; whitespace alone is every device. What is too long is refused by the language itself, with a reason. */
const FilterText = Type.String({ maxLength: 20_000 });

export const Collection = Type.Object({
  name: Type.String(),
  /** Built-in ones ("All", "Not provisioned", "Provisioned") cannot be removed. */
  isBuiltIn: Type.Boolean(),
  kind: Type.Union([Type.Literal("query"), Type.Literal("list")]),
  /** Null for a list. */
  filter: Type.Union([Type.String(), Type.Null()]),
  count: Type.Integer(),
});
export type Collection = Static<typeof Collection>;

/** One of the two. */
const held = {
  filter: Type.Optional(FilterText),
  devices: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 20_000 })),
};

/** Why a filter holds for a device or does not: a line for each part of it; `found` is what the device has there. */
export const Explanation = Type.Object({
  parts: Type.Array(
    Type.Object({
      depth: Type.Integer(),
      text: Type.String(),
      holds: Type.Boolean(),
      found: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    }),
  ),
});

const byName = Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }) });

export const collections = {
  list: route({
    method: "GET",
    path: "/collections",
    summary: "Lists collections with the number of devices in each",
    permission: "collection.read",
    reply: Type.Object({ items: Type.Array(Collection) }),
  }),
  show: route({
    method: "GET",
    path: "/collections/{name}",
    summary: "One collection",
    permission: "collection.read",
    params: byName,
    reply: Collection,
  }),
  create: route({
    method: "POST",
    path: "/collections",
    summary: "Makes a collection, by filter or by list",
    permission: "collection.write",
    body: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 100, pattern: "^[^/\\u0000-\\u001f]+$" }),
        ...held,
      },
      { additionalProperties: false },
    ),
    reply: Collection,
    status: 201,
  }),
  change: route({
    method: "PUT",
    path: "/collections/{name}",
    summary: "Gives a collection another filter, or another list of devices",
    permission: "collection.write",
    params: byName,
    body: Type.Object(held, { additionalProperties: false }),
    reply: Collection,
  }),
  preview: route({
    method: "POST",
    path: "/collections/preview",
    summary: "How a filter is understood, how many devices it holds for, and the first of them",
    permission: "collection.read",
    body: Type.Object(
      { filter: FilterText, limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 200, default: 20 })) },
      { additionalProperties: false },
    ),
    reply: Type.Object({
      filter: Type.String(),
      count: Type.Integer(),
      items: Type.Array(
        Type.Object({ uuid: DeviceId, hostName: Type.Union([Type.String(), Type.Null()]), address: Type.String() }),
      ),
    }),
  }),
  explain: route({
    method: "GET",
    path: "/collections/{name}/devices/{id}",
    summary: "Why a device is in a collection or is not",
    permission: "collection.read",
    params: Type.Object({ ...byName.properties, id: DeviceId }),
    reply: Explanation,
  }),
  remove: route({
    method: "DELETE",
    path: "/collections/{name}",
    summary: "Removes a collection; its devices stay",
    permission: "collection.write",
    params: byName,
    reply: Type.Null(),
    status: 204,
  }),
};
