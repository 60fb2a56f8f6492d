import { audit as routes } from "@vigil/api/resources/audit.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Audit } from "./audit.ts";

export function auditRoutes(audit: Audit): readonly RouteBinding[] {
  return [
    bind(routes.list, async ({ query }) => {
      const { device, search, before, limit = 200 } = query;
      const filter = {
        ...(device === undefined ? {} : { device }),
        ...(search === undefined ? {} : { search }),
        ...(before === undefined ? {} : { before }),
      };
      return { items: await audit.list({ ...filter, limit }) };
    }),
  ];
}
