import { sessions as routes } from "@vigil/api/resources/sessions.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Sessions } from "./sessions.ts";

export function sessionsRoutes(sessions: Sessions): readonly RouteBinding[] {
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
  ];
}
