import type { QueryClient } from "@tanstack/react-query";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import type { VigilClient } from "@vigil/api/client.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { AssignmentPage } from "./pages/assignment/assignment.tsx";
import { assignmentSearch } from "./pages/assignment/search.ts";
import { AuditPage } from "./pages/audit.tsx";
import { AuthoritiesPage } from "./pages/authorities.tsx";
import { ByAddressPage } from "./pages/by-address/by-address.tsx";
import { CertificatesPage } from "./pages/certificates.tsx";
import { CollectionsPage } from "./pages/collections.tsx";
import { ImagesPage } from "./pages/images.tsx";
import { DirectoriesPage } from "./pages/directories.tsx";
import { DevicePage } from "./pages/device.tsx";
import { DriftPage } from "./pages/drift.tsx";
import { FleetPage } from "./pages/fleet.tsx";
import { fleetSearch } from "./pages/fleet-search.ts";
import {
  auditSearch,
  deviceSearch,
  driftSearch,
  jobSearch,
  keySearch,
  newJobSearch,
  newSearch,
  policySearch,
  profileSearch,
  recordingSearch,
  runSearch,
  scheduleSearch,
  visitSearch,
  windowSearch,
} from "./pages/searches.ts";
import { CompliancePage } from "./pages/compliance/compliance.tsx";
import { PolicyPage } from "./pages/compliance/policy.tsx";
import { NamedJobsPage } from "./pages/jobs/named-jobs.tsx";
import { RunsPage } from "./pages/jobs/runs.tsx";
import { ProfilePage } from "./pages/profiles/profile.tsx";
import { ProfilesPage } from "./pages/profiles/profiles.tsx";
import { ProvisioningPage } from "./pages/provisioning.tsx";
import { RunPage } from "./pages/run/run.tsx";
import { SchedulePage } from "./pages/schedules/schedule.tsx";
import { SchedulesPage } from "./pages/schedules/schedules.tsx";
import { WindowsPage } from "./pages/schedules/windows.tsx";
import { SessionsPage } from "./pages/sessions/sessions.tsx";
import { SettingsPage } from "./pages/settings.tsx";
import { SetupKeysPage } from "./pages/setup-keys/setup-keys.tsx";
import { SignInPage } from "./pages/sign-in.tsx";
import { Failure } from "./parts/failure.tsx";
import { meQuery } from "./queries.ts";
import { NotFound } from "./shell/not-found.tsx";
import { Shell } from "./shell/shell.tsx";

/** Every address of the console. All but the sign-in page want somebody who is signed in. */
export function routerFor(server: VigilClient, cache: QueryClient) {
  const root = createRootRoute({ notFoundComponent: NotFound });
  const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", component: SignInPage });
  const shell = createRoute({
    getParentRoute: () => root,
    id: "shell",
    component: Shell,
    errorComponent: ({ error }) => <Failure error={error} onRetry={() => window.location.reload()} />,
    beforeLoad: async () => {
      try {
        await cache.ensureQueryData(meQuery(server));
      } catch (error) {
        if (error instanceof VigilError && error.code === "access.not-signed-in") throw redirect({ to: "/sign-in" });
        throw error;
      }
    },
  });
  const under = { getParentRoute: () => shell };
  const routes = [
    createRoute({ ...under, path: "/", component: FleetPage, validateSearch: fleetSearch }),
    createRoute({ ...under, path: "/devices/$id", component: DevicePage, validateSearch: deviceSearch }),
    createRoute({ ...under, path: "/collections", component: CollectionsPage }),
    createRoute({ ...under, path: "/by-address", component: ByAddressPage, validateSearch: visitSearch }),
    createRoute({ ...under, path: "/jobs", component: RunsPage }),
    createRoute({ ...under, path: "/jobs/named", component: NamedJobsPage, validateSearch: newSearch }),
    // The editor brings a reader of YAML with it.
    createRoute({
      ...under,
      path: "/jobs/named/$name",
      component: lazyRouteComponent(() => import("./pages/jobs/job.tsx"), "JobPage"),
      validateSearch: jobSearch,
    }),
    createRoute({
      ...under,
      path: "/jobs/new",
      component: lazyRouteComponent(() => import("./pages/jobs/new-job.tsx"), "NewJobPage"),
      validateSearch: newJobSearch,
    }),
    createRoute({ ...under, path: "/jobs/schedules", component: SchedulesPage, validateSearch: scheduleSearch }),
    createRoute({ ...under, path: "/jobs/schedules/$name", component: SchedulePage }),
    createRoute({ ...under, path: "/jobs/windows", component: WindowsPage, validateSearch: windowSearch }),
    createRoute({ ...under, path: "/jobs/compliance", component: CompliancePage, validateSearch: newSearch }),
    createRoute({
      ...under,
      path: "/jobs/compliance/$name",
      component: PolicyPage,
      validateSearch: policySearch,
    }),
    createRoute({ ...under, path: "/jobs/$id", component: RunPage, validateSearch: runSearch }),
    createRoute({ ...under, path: "/provisioning", component: ProvisioningPage }),
    createRoute({ ...under, path: "/assignment", component: AssignmentPage, validateSearch: assignmentSearch }),
    createRoute({ ...under, path: "/certificates", component: CertificatesPage }),
    createRoute({ ...under, path: "/setup-keys", component: SetupKeysPage, validateSearch: keySearch }),
    createRoute({ ...under, path: "/profiles", component: ProfilesPage, validateSearch: newSearch }),
    createRoute({ ...under, path: "/profiles/$name", component: ProfilePage, validateSearch: profileSearch }),
    createRoute({ ...under, path: "/drift", component: DriftPage, validateSearch: driftSearch }),
    createRoute({ ...under, path: "/authorities", component: AuthoritiesPage }),
    createRoute({ ...under, path: "/directories", component: DirectoriesPage }),
    createRoute({ ...under, path: "/images", component: ImagesPage, validateSearch: newSearch }),
    createRoute({ ...under, path: "/audit", component: AuditPage, validateSearch: auditSearch }),
    createRoute({ ...under, path: "/sessions", component: SessionsPage }),
    createRoute({
      ...under,
      path: "/sessions/recordings/$id",
      component: lazyRouteComponent(() => import("./pages/sessions/player.tsx"), "PlayerPage"),
      validateSearch: recordingSearch,
    }),
    createRoute({ ...under, path: "/settings", component: SettingsPage }),
  ] as const;
  const tree = root.addChildren([signIn, shell.addChildren(routes)]);
  return createRouter({ routeTree: tree, defaultPreload: false });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof routerFor>;
  }
}
