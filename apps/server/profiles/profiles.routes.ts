import { profiles as routes } from "@vigil/api/resources/profiles.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Profiles } from "./profiles.ts";

export function profilesRoutes(profiles: Profiles): readonly RouteBinding[] {
  return [bind(routes.list, async () => ({ items: await profiles.list() }))];
}
