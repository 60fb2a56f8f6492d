import { collections as routes } from "@vigil/api/resources/collections.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Collections } from "./collections.ts";

export function collectionsRoutes(collections: Collections): readonly RouteBinding[] {
  return [
    bind(routes.list, async () => ({ items: await collections.list() })),
    bind(routes.show, ({ params }) => collections.show(params.name)),
    bind(routes.create, ({ body: { name, ...wanted }, caller }) => collections.create(caller.actor, name, wanted)),
    bind(routes.change, ({ params, body, caller }) => collections.change(caller.actor, params.name, body)),
    bind(routes.remove, async ({ params, caller }) => {
      await collections.remove(caller.actor, params.name);
      return null;
    }),
    bind(routes.preview, async ({ body }) => {
      const { items, ...rest } = await collections.preview(body.filter, body.limit ?? 20);
      return { ...rest, items: items.map(({ uuid, hostName, address }) => ({ uuid, hostName, address })) };
    }),
    bind(routes.explain, async ({ params }) => ({ parts: [...(await collections.explain(params.name, params.id))] })),
  ];
}
