import { assignments as routes } from "@vigil/api/resources/assignments.ts";
import type { Tx } from "@vigil/postgres/postgres.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Assignments } from "./assignments.ts";

/** What the rooms above do with a decision; compose.ts brings it. */
export interface AssignmentContext {
  /** Decides anew; a new name is written to the device later. */
  assign(uuid: string, how: { readonly actor: string; readonly signal: AbortSignal }): Promise<unknown>;
  /** The same, whatever happens to this process in between. */
  assignLater(tx: Tx, uuid: string): Promise<void>;
}

export function assignmentsRoutes(assignments: Assignments, context: AssignmentContext): readonly RouteBinding[] {
  const { rules, entries } = assignments;
  return [
    bind(routes.rules, () => rules.list()),
    bind(routes.change, async ({ body, caller }) => {
      await rules.change(caller.actor, body);
      return rules.list();
    }),
    bind(routes.setSecret, async ({ params, body, caller }) => {
      await rules.setSecret(caller.actor, params.id, body.value);
      return rules.list();
    }),
    bind(routes.entries, ({ query: { search, limit = 200, offset = 0 } }) => entries.list({ search, limit, offset })),
    bind(routes.importEntries, ({ body, caller }) => entries.take(caller.actor, body)),
    bind(routes.exportEntries, async () => ({ csv: await entries.asCsv() })),
    bind(routes.removeEntry, async ({ params, caller }) => {
      await entries.remove(caller.actor, params.id);
      return null;
    }),
    bind(routes.explain, ({ body, signal }) => assignments.explain(body, signal)),
    bind(routes.show, ({ params }) => assignments.show(params.id)),
    bind(routes.decide, async ({ params, signal, caller: { actor } }) => {
      await context.assign(params.id, { actor, signal });
      return assignments.show(params.id);
    }),
    bind(routes.release, async ({ params, caller }) => {
      await assignments.release(caller.actor, params.id);
      return null;
    }),
    bind(routes.setFacts, async ({ params, body, caller }) => ({
      facts: await assignments.setFacts(caller.actor, params.id, body.facts, (tx) =>
        context.assignLater(tx, params.id),
      ),
    })),
  ];
}
