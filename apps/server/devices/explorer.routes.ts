import { describedClasses, lackingIn } from "@vigil/amt-client/described.ts";
import { explorer as routes } from "@vigil/api/resources/explorer.ts";
import { bind, type RouteBinding } from "../http.ts";
import { exploreDevice, type ExplorerDeps } from "./explorer.ts";

export function explorerRoutes(deps: ExplorerDeps): readonly RouteBinding[] {
  return [
    bind(routes.classes, () => Promise.resolve({ items: describedClasses() })),
    bind(routes.lacking, async ({ params }) => {
      const { release } = await deps.devices.get(params.id);
      return { release, items: release === null ? [] : lackingIn(release) };
    }),
    bind(routes.explore, ({ params, body, caller, signal }) => exploreDevice(deps, params.id, body, caller, signal)),
  ];
}
