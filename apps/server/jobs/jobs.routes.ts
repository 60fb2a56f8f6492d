import { needsReason, permissionsOf } from "@vigil/api/resources/job-check.ts";
import { jobSchema } from "@vigil/api/resources/job-schema.ts";
import { jobs as routes, type Job, type JobVersion } from "@vigil/api/resources/jobs.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { JobRow, Jobs } from "./jobs.ts";

export function jobsRoutes(jobs: Jobs): readonly RouteBinding[] {
  const show = async (name: string): Promise<Job> => jobOf(await jobs.get(name));
  return [
    bind(routes.list, async () => ({ items: (await jobs.list()).map(jobOf) })),
    bind(routes.gallery, async ({ query }) => ({ items: await jobs.gallery(query.collection) })),
    bind(routes.schema, () => Promise.resolve(jobSchema())),
    bind(routes.show, ({ params }) => show(params.name)),
    bind(routes.versions, async ({ params }) => ({ items: (await jobs.versions(params.name)).map(versionOf) })),
    bind(routes.check, ({ body, caller }) => jobs.check(body.text, caller.permissions)),
    bind(routes.create, async ({ body, caller }) => {
      await jobs.create(caller.actor, body);
      return show(body.name);
    }),
    bind(routes.change, async ({ params, body, caller }) => {
      await jobs.change(caller.actor, params.name, body);
      return show(params.name);
    }),
    bind(routes.rollBack, async ({ params, body, caller }) => {
      await jobs.rollBack(caller.actor, params.name, body.to, body.comment);
      return show(params.name);
    }),
    bind(routes.remove, async ({ params, caller }) => {
      await jobs.remove(caller.actor, params.name);
      return null;
    }),
  ];
}

function jobOf(row: JobRow): Job {
  const { definition } = row;
  return {
    name: row.name,
    ...versionOf(row),
    permissions: permissionsOf(definition),
    needsReason: needsReason(definition),
  };
}

function versionOf({ version, definition, changedAt, changedBy, comment }: JobRow): JobVersion {
  return { version, definition, changedAt: changedAt.toISOString(), changedBy, comment };
}
