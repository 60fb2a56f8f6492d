import { schedules as routes, windows as windowRoutes } from "@vigil/api/resources/schedules.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Schedules } from "./schedules.ts";

export function schedulesRoutes(schedules: Schedules): readonly RouteBinding[] {
  const { windows } = schedules;
  return [
    bind(routes.list, async () => ({ items: await schedules.list() })),
    bind(routes.calendar, ({ query }) => schedules.calendar(query)),
    bind(routes.preview, ({ body }) => schedules.preview(body)),
    bind(routes.show, ({ params }) => schedules.show(params.name)),
    bind(routes.fires, async ({ params, query }) => ({ items: await schedules.fires(params.name, query.limit ?? 50) })),
    bind(routes.create, ({ body, caller }) => schedules.create(caller, body.name, body.settings)),
    bind(routes.change, ({ params, body, caller }) => schedules.change(caller, params.name, body)),
    bind(routes.remove, async ({ params, caller }) => {
      await schedules.remove(caller.actor, params.name);
      return null;
    }),
    bind(windowRoutes.list, async () => ({ items: await windows.list() })),
    bind(windowRoutes.put, ({ params, body, caller }) => windows.put(caller.actor, params.name, body)),
    bind(windowRoutes.remove, async ({ params, caller }) => {
      await windows.remove(caller.actor, params.name);
      return null;
    }),
  ];
}
