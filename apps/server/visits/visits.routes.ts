import { visits as routes } from "@vigil/api/resources/visits.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Visits } from "./visits.ts";

export function visitRoutes({
  visits,
  clock,
}: {
  readonly visits: Visits;
  readonly clock: Clock;
}): readonly RouteBinding[] {
  const now = (): string => new Date(clock.now()).toISOString();
  return [
    bind(routes.look, ({ body, signal }) => visits.look(body.host, signal)),
    bind(routes.open, ({ body, caller, signal }) =>
      visits.open(caller.actor, { ...body, fingerprint: body.fingerprint }, signal),
    ),
    bind(routes.list, async ({ caller }) => ({ items: await visits.list(caller.actor) })),
    bind(routes.show, ({ params, caller }) => visits.show(caller.actor, params.id)),
    bind(routes.refresh, ({ params, caller, signal }) => visits.refresh(caller.actor, params.id, signal)),
    bind(routes.log, async ({ params, caller, signal }) => {
      const { state, entries } = await visits.readLog(caller.actor, params.id, params.log, signal);
      return { readAt: now(), state, items: [...entries] };
    }),
    bind(routes.hardware, async ({ params, caller, signal }) => ({
      hardware: await visits.readHardware(caller.actor, params.id, signal),
      readAt: now(),
    })),
    bind(routes.power, async ({ params, body, caller, signal }) => ({
      result: await visits.power(caller.actor, params.id, body, signal),
    })),
    bind(routes.adopt, async ({ params, body, caller, signal }) => ({
      device: await visits.adopt(caller.actor, params.id, body.reason, signal),
    })),
    bind(routes.close, async ({ params, caller }) => {
      await visits.close(caller.actor, params.id);
      return {};
    }),
  ];
}
