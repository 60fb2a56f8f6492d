import { sessions as routes } from "@vigil/api/resources/sessions.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Recordings } from "./recordings.ts";
import type { Sessions } from "./sessions.ts";

export function sessionsRoutes(sessions: Sessions, recordings: Recordings): readonly RouteBinding[] {
  return [
    bind(routes.open, async ({ params, body, caller }) => {
      const { id, ticket, expiresAt } = await sessions.ask(caller, params.id, body);
      return { session: id, ticket, expiresAt: expiresAt.toISOString() };
    }),
    bind(routes.list, ({ caller }) => Promise.resolve({ items: sessions.list(caller) })),
    bind(routes.kill, async ({ params, caller }) => {
      await sessions.kill(caller, params.id);
      return null;
    }),
    bind(routes.settings, () => recordings.settings()),
    bind(routes.changeSettings, ({ body, caller }) => recordings.changeSettings(caller.actor, body)),
    bind(routes.recordings, async ({ query }) => ({ items: await recordings.list(query.limit ?? 200) })),
    bind(routes.removeRecording, async ({ params, caller }) => {
      await recordings.remove(caller.actor, params.id);
      return null;
    }),
  ];
}
