import { provisioning as routes, type Delayed } from "@vigil/api/resources/provisioning.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Provisioning } from "./provisioning.ts";

export function delayedRoutes(provisioning: Provisioning): readonly RouteBinding[] {
  const { delayed } = provisioning;
  const show = async (): Promise<Delayed> => {
    const [{ policy, lastRoundAt, lastRound }, ignored, { failed }] = await Promise.all([
      delayed.get(),
      delayed.ignored(),
      provisioning.counts(),
    ]);
    return {
      policy,
      targets: failed,
      lastRoundAt: lastRoundAt?.toISOString() ?? null,
      lastRound,
      ignored: ignored.map(({ madeAt, endsAt, ...one }) => ({
        ...one,
        madeAt: madeAt.toISOString(),
        endsAt: endsAt.toISOString(),
      })),
    };
  };
  return [
    bind(routes.delayed, show),
    bind(routes.changeDelayed, async ({ body, caller }) => {
      await delayed.change(body, caller.actor);
      return show();
    }),
    bind(routes.runDelayed, async ({ caller }) => {
      await provisioning.delayedRound(caller.actor);
      return show();
    }),
    bind(routes.ignoreCheck, async ({ body, caller }) => {
      await delayed.ignore(body.check, new Date(body.endsAt), body.reason, caller.actor);
      return show();
    }),
    bind(routes.endIgnoring, async ({ params, caller }) => {
      await delayed.endIgnoring(params.id, caller.actor);
      return show();
    }),
  ];
}
