import {
  provisioning as routes,
  type ProvisioningEntry,
  type SetupCertificate,
} from "@vigil/api/resources/provisioning.ts";
import type { Audit } from "../audit/audit.ts";
import type { Credentials, SetupCertificate as StoredSetupCertificate } from "../credentials/credentials.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Entry, Provisioning } from "./provisioning.ts";

export function provisioningRoutes(deps: {
  readonly provisioning: Provisioning;
  readonly credentials: Credentials;
  readonly audit: Audit;
  readonly postgres: Postgres;
}): readonly RouteBinding[] {
  const { provisioning, credentials, audit, postgres } = deps;
  return [
    bind(routes.list, async ({ query }) => {
      const items = await provisioning.list(query.state, query.limit ?? 200);
      const { waiting, running, failed, done } = await provisioning.counts();
      return {
        items: items.map(shown),
        counts: { waiting, running, failed, done },
        refused: { ...provisioning.refused },
      };
    }),
    bind(routes.setupCertificates, async () => ({ items: (await credentials.setup.list()).map(shownCertificate) })),
    bind(routes.addSetupCertificate, async ({ body, caller }) => {
      const added = await postgres.transaction(async (tx) => {
        const one = await credentials.setup.add(tx, body.chainPem, body.keyPem);
        const summary = `Added the setup certificate ${one.subject}`;
        const details = { id: one.id };
        await audit.write(tx, { actor: caller.actor, action: "setup-certificate.added", summary, details });
        return one;
      });
      return shownCertificate(added);
    }),
  ];
}

function shown({ uuid, address, state, step, attempts, error, updatedAt }: Entry): ProvisioningEntry {
  const report = error === null ? null : { ...error };
  return { uuid, address, state, step, attempts, error: report, updatedAt: updatedAt.toISOString() };
}

function shownCertificate(certificate: StoredSetupCertificate): SetupCertificate {
  const { id, subject, rootSubject, rootHashes, expiresAt } = certificate;
  return { id, subject, rootSubject, rootHash: rootHashes.sha256, expiresAt: expiresAt.toISOString() };
}
