import { runs as routes } from "@vigil/api/resources/runs.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Runs } from "./runs.ts";

export function runsRoutes(runs: Runs): readonly RouteBinding[] {
  return [
    bind(routes.start, ({ body, caller }) => runs.start(caller, body)),
    bind(routes.plan, ({ body }) => runs.plan(body)),
    bind(routes.list, ({ query }) => runs.list(query.limit ?? 100)),
    bind(routes.show, ({ params }) => runs.show(params.id)),
    bind(routes.results, ({ params, query }) => {
      const { outcome, limit = 1000, offset = 0 } = query;
      return runs.results(params.id, { limit, offset, ...(outcome === undefined ? {} : { outcome }) });
    }),
    bind(routes.trail, ({ params }) => runs.trail(params.id, params.device)),
    bind(routes.steps, async ({ params }) => ({ items: await runs.steps(params.id) })),
    bind(routes.export, ({ params }) => runs.export(params.id)),
    bind(routes.pause, ({ params, caller }) => runs.steering.pause(caller.actor, params.id)),
    bind(routes.resume, ({ params, caller }) => runs.steering.resume(caller.actor, params.id)),
    bind(routes.cancel, ({ params, query, caller }) => {
      return runs.steering.cancel(caller.actor, params.id, query.power === "leave");
    }),
    bind(routes.approve, ({ params, caller }) => runs.steering.approve(caller.actor, params.id)),
    bind(routes.retry, ({ params, query, caller }) => runs.retry(caller, params.id, query.outcome ?? "failed")),
  ];
}
