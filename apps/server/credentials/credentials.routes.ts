import { secrets as routes } from "@vigil/api/resources/secrets.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import { bind, type RouteBinding } from "../http.ts";
import { userOf, type Credentials, type DeviceSecret } from "./credentials.ts";

/** What the rooms above do about secrets; compose.ts brings it. */
export interface SecretsContext {
  /** @throws devices.unknown (caller) */
  knows(device: string): Promise<{ readonly isRetired: boolean }>;
  /** Replaces the admin password later, whatever happens to this process in between. */
  rotateLater(tx: Tx, device: string, delaySeconds: number): Promise<void>;
}

const usualMinutes = 60;

export function credentialsRoutes(
  deps: {
    readonly credentials: Credentials;
    readonly audit: Audit;
    readonly postgres: Postgres;
    readonly clock: Clock;
  },
  context: SecretsContext,
): readonly RouteBinding[] {
  const { credentials, audit, postgres, clock } = deps;
  return [
    bind(routes.list, async ({ params }) => {
      await context.knows(params.id);
      return { items: (await credentials.allSecretsOf(params.id)).map(shown) };
    }),
    bind(routes.oneTime, async ({ params, caller }) => {
      // The device may be one that Vigil has not seen yet: its own software is the first to come. It is stored before anybody sees it.
      const { password, expiresAt } = await postgres.transaction(async (tx) => {
        const summary = "Made a one-time password for its setup";
        await audit.write(tx, { actor: caller.actor, action: "secret.one-time.made", device: params.id, summary });
        return credentials.oneTime.make(tx, params.id);
      });
      return { value: password.open("hand over"), expiresAt: expiresAt.toISOString() };
    }),
    bind(routes.reveal, async ({ params, body, caller }) => {
      const { isRetired } = await context.knows(params.id);
      const { kind, reason, minutes = usualMinutes } = body;
      const { secret } = await credentials.forReveal(params.id, kind);
      // The menu's password cannot be set from afar once a device is set up. @source protocols B.1 "SetMEBxPassword"
      const isReplaced = kind === "admin-password" && !isRetired;
      // What is revealed is written down, and its end arranged, before anybody sees it.
      await postgres.transaction(async (tx) => {
        const summary = `Revealed the ${kind}: ${reason}`;
        const details = { kind, reason, minutes: isReplaced ? minutes : null };
        await audit.write(tx, { actor: caller.actor, action: "secret.revealed", device: params.id, summary, details });
        if (isReplaced) await context.rotateLater(tx, params.id, minutes * 60);
      });
      return {
        username: userOf(kind),
        value: secret.open("reveal"),
        replacedAt: isReplaced ? new Date(clock.now() + minutes * 60_000).toISOString() : null,
      };
    }),
  ];
}

function shown({ kind, state, madeAt, changedAt }: DeviceSecret) {
  return { kind, state, madeAt: madeAt.toISOString(), changedAt: changedAt.toISOString() };
}
