import { jobs as routes } from "@vigil/api/resources/jobs.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Jobs } from "./jobs.ts";

export function jobsRoutes(jobs: Jobs): readonly RouteBinding[] {
  return [
    bind(routes.start, ({ body, caller }) => jobs.start(caller, body)),
    bind(routes.list, ({ query }) => jobs.list(query.limit ?? 100)),
    bind(routes.show, ({ params }) => jobs.show(params.id)),
    bind(routes.results, ({ params, query }) => {
      const { outcome, limit = 1000, offset = 0 } = query;
      return jobs.results(params.id, { limit, offset, ...(outcome === undefined ? {} : { outcome }) });
    }),
    bind(routes.cancel, ({ params, caller }) => jobs.cancel(caller.actor, params.id)),
  ];
}
