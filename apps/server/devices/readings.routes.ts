import { readings as routes } from "@vigil/api/resources/readings.ts";
import { bind, type RouteBinding } from "../http.ts";
import { removeForeignAccount, shownAccounts, type DeviceAccountsDeps } from "./device-accounts.ts";
import { shownCertificates } from "./held-certificates.ts";

const pageSize = 100;

export function readingRoutes(deps: DeviceAccountsDeps): readonly RouteBinding[] {
  const { readings, credentials } = deps;
  return [
    bind(routes.log, ({ params, query }) =>
      readings.log(params.id, params.log, { ...query, offset: query.offset ?? 0, limit: query.limit ?? pageSize }),
    ),
    bind(routes.readLog, ({ params, signal }) => readings.readLog(params.id, params.log, signal)),
    bind(routes.hardware, ({ params }) => readings.hardware(params.id)),
    bind(routes.readHardware, ({ params, signal }) => readings.readHardware(params.id, signal)),
    bind(routes.network, async ({ params }) => {
      const kept = await readings.network(params.id);
      return { readAt: kept?.readAt ?? null, network: kept?.body ?? null };
    }),
    bind(routes.readNetwork, async ({ params, signal }) => {
      const { readAt, body } = await readings.readNetwork(params.id, signal);
      return { readAt, network: body };
    }),
    bind(routes.accounts, async ({ params }) => {
      const kept = await readings.accounts(params.id);
      return kept === undefined ? { readAt: null, accounts: null } : shownAccounts(deps, params.id, kept);
    }),
    bind(routes.readAccounts, async ({ params, signal }) =>
      shownAccounts(deps, params.id, await readings.readAccounts(params.id, signal)),
    ),
    bind(routes.removeAccount, ({ params, body, caller, signal }) =>
      removeForeignAccount(deps, params.id, { ...body, handle: Number(params.handle), actor: caller.actor }, signal),
    ),
    bind(routes.certificates, async ({ params }) => {
      const kept = await readings.certificates(params.id);
      return kept === undefined
        ? { readAt: null, certificates: null }
        : shownCertificates(credentials, params.id, kept);
    }),
    bind(routes.readCertificates, async ({ params, signal }) =>
      shownCertificates(credentials, params.id, await readings.readCertificates(params.id, signal)),
    ),
  ];
}
