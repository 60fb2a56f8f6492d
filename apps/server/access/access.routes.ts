import { access as routes } from "@vigil/api/resources/access.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Access, Caller } from "./access.ts";

/** What the server says of itself. */
export interface Meta {
  readonly version: string;
  readonly mode: "lab" | "server";
  readonly helloPort: number;
  readonly startedAt: string;
}

export function accessRoutes(access: Access, meta: Meta): readonly RouteBinding[] {
  return [
    bind(routes.meta, () => Promise.resolve({ ...meta })),
    bind(routes.me, ({ caller }) => Promise.resolve(signedIn(caller))),
    bind(routes.signIn, async ({ body, session }) => {
      const made = await access.signIn(body.token);
      session.set(made.session, made.lifetimeMs);
      return signedIn(made.caller);
    }),
    bind(routes.signOut, async ({ session }) => {
      if (session.value !== undefined) await access.signOut(session.value);
      session.clear();
      return null;
    }),
    bind(routes.createLink, async ({ caller }) => {
      const { token, expiresAt } = await access.newLink(caller.actor);
      return { token, expiresAt: expiresAt.toISOString() };
    }),
    bind(routes.keys, async () => ({ items: await access.keys() })),
    bind(routes.createKey, ({ body, caller }) => access.createKey(caller.actor, body.name)),
    bind(routes.removeKey, async ({ params, caller }) => {
      await access.removeKey(caller.actor, params.id);
      return null;
    }),
  ];
}

function signedIn(caller: Caller) {
  // The console shows this name; an API key goes by its own.
  const name = caller.actor.replace(/^api-key:/, "");
  return { name, role: caller.role, permissions: [...caller.permissions] };
}
