import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId } from "./common.ts";
import { DeviceState, PowerState } from "./devices.ts";

/** What a query collection holds: every device that meets all the conditions given. Issue by issue this grows. */
export const CollectionQuery = Type.Object(
  {
    state: Type.Optional(Type.Array(DeviceState, { maxItems: 10 })),
    power: Type.Optional(Type.Array(PowerState, { maxItems: 10 })),
    /** Part of a host name, address, uuid, release or model. */
    search: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    /** Start of the firmware release, e.g. "16." */
    release: Type.Optional(Type.String({ minLength: 1, maxLength: 20 })),
  },
  { additionalProperties: false },
);
export type CollectionQuery = Static<typeof CollectionQuery>;

export const Collection = Type.Object({
  name: Type.String(),
  /** Built-in ones ("All", "Not provisioned", "Provisioned") cannot be removed. */
  isBuiltIn: Type.Boolean(),
  kind: Type.Union([Type.Literal("query"), Type.Literal("list")]),
  query: Type.Union([CollectionQuery, Type.Null()]),
  count: Type.Integer(),
});
export type Collection = Static<typeof Collection>;

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
    summary: "Makes a collection, by query or by list",
    permission: "collection.write",
    body: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 100, pattern: "^[^/\\u0000-\\u001f]+$" }),
        query: Type.Optional(CollectionQuery),
        devices: Type.Optional(Type.Array(DeviceId, { maxItems: 20_000 })),
      },
      { additionalProperties: false },
    ),
    reply: Collection,
    status: 201,
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
