import { images as routes, type Image } from "@vigil/api/resources/images.ts";
import { bind, type RouteBinding } from "../http.ts";
import { mostImageBytes, type ImageRecord, type Images } from "./images.ts";

export function imagesRoutes(images: Images): readonly RouteBinding[] {
  const shown = ({ name, kind, bytes, sha256, addedBy, addedAt }: ImageRecord): Image => {
    return { name, kind, bytes, sha256, addedBy, addedAt: addedAt.toISOString(), inUse: images.usesOf(name) };
  };
  return [
    bind(routes.list, async () => {
      const [all, freeBytes] = await Promise.all([images.list(), images.freeBytes()]);
      return { items: all.map(shown), mostBytes: mostImageBytes, freeBytes };
    }),
    bind(routes.begin, async ({ body }) => ({ id: await images.begin(body), received: 0 })),
    bind(routes.part, async ({ params, query, body }) => {
      return { id: params.id, received: await images.take(params.id, query.offset, body) };
    }),
    bind(routes.finish, async ({ params, body, caller }) =>
      shown(await images.finish(caller.actor, params.id, body.sha256)),
    ),
    bind(routes.giveUp, async ({ params }) => {
      await images.giveUp(params.id);
      return null;
    }),
    bind(routes.remove, async ({ params, caller }) => {
      await images.remove(caller.actor, params.name);
      return null;
    }),
  ];
}
