import { collections as routes } from "@vigil/api/resources/collections.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Collections } from "./collections.ts";

export function collectionsRoutes(collections: Collections): readonly RouteBinding[] {
  return [
    bind(routes.list, async () => ({ items: await collections.list() })),
    bind(routes.show, ({ params }) => collections.show(params.name)),
    bind(routes.create, ({ body, caller }) => collections.create(caller.actor, body)),
    bind(routes.remove, async ({ params, caller }) => {
      await collections.remove(caller.actor, params.name);
      return null;
    }),
  ];
}
