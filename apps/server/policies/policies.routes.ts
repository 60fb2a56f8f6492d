import { policies as routes } from "@vigil/api/resources/policies.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Policies } from "./policies.ts";

export function policiesRoutes(policies: Policies): readonly RouteBinding[] {
  return [
    bind(routes.list, async () => ({ items: await policies.list() })),
    bind(routes.show, ({ params }) => policies.show(params.name)),
    bind(routes.create, ({ body, caller }) => policies.create(caller, body.name, body.settings)),
    bind(routes.change, ({ params, body, caller }) => policies.change(caller, params.name, body)),
    bind(routes.remove, async ({ params, caller }) => {
      await policies.remove(caller.actor, params.name);
      return null;
    }),
    bind(routes.plan, ({ body, caller }) => policies.plan(caller, body)),
    bind(routes.run, ({ params, caller }) => policies.run(caller.actor, params.name)),
    bind(routes.rounds, async ({ params, query }) => ({
      items: await policies.rounds(params.name, query.limit ?? 30),
    })),
    bind(routes.findings, ({ params, query }) => {
      const { standing, limit = 1_000, offset = 0 } = query;
      return policies.findings(params.name, { limit, offset, ...(standing === undefined ? {} : { standing }) });
    }),
  ];
}
