import { boots as routes, type Boot } from "@vigil/api/resources/boots.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { BootRecord, Boots } from "./boots.ts";

const usualLimit = 50;

export function bootsRoutes(boots: Boots): readonly RouteBinding[] {
  const shown = (record: BootRecord): Boot => {
    const { id, device, to, image, showsOnSerial, returns, state, outcome, error, askedBy, bytesRead } = record;
    const past = image === null ? null : { bytesRead, bytesPerSecond: 0, secondsLeft: null };
    return {
      id,
      device,
      to,
      image: image && { name: image.name, bytes: image.bytes, sha256: image.sha256 },
      showsOnSerial,
      returns,
      state,
      outcome,
      error: error && { ...error, details: { ...error.details } },
      askedBy,
      askedAt: record.askedAt.toISOString(),
      startedAt: record.startedAt?.toISOString() ?? null,
      endedAt: record.endedAt?.toISOString() ?? null,
      progress: boots.progressOf(id) ?? past,
    };
  };
  return [
    bind(routes.look, ({ params, signal }) => boots.look(params.id, signal)),
    bind(routes.begin, async ({ params, body, caller, signal }) =>
      shown(await boots.begin(caller.actor, params.id, body, signal)),
    ),
    bind(routes.end, async ({ params, body, caller }) => shown(await boots.end(caller.actor, params.id, body))),
    bind(routes.show, async ({ params }) => shown(await boots.show(params.id))),
    bind(routes.list, async ({ query }) => ({
      items: (await boots.list({ ...query, limit: query.limit ?? usualLimit })).map(shown),
    })),
  ];
}
