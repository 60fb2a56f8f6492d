import {
  authorities as routes,
  type Authority as AuthorityReply,
  type AuthorityDetail,
  type AuthorityReport,
  type IssuedCertificate,
} from "@vigil/api/resources/authorities.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import {
  describeAuthority,
  keyText,
  revocationListPath,
  type AuthorityInspection,
  type Credentials,
  type DeviceAuthority,
  type IssuedRow,
  type ManagerRow,
} from "../credentials/credentials.ts";
import type { Devices } from "../devices/devices.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Provisioning } from "./provisioning.ts";

const dayMs = 86_400_000;
/** Days before the end at which an authority asks for attention. Chosen, as its first warning. */
const attentionDays = 90;

export function authorityRoutes(deps: {
  readonly provisioning: Provisioning;
  readonly credentials: Credentials;
  readonly devices: Devices;
  readonly audit: Audit;
  readonly postgres: Postgres;
  readonly clock: Clock;
}): readonly RouteBinding[] {
  const { provisioning, devices, audit, postgres, clock } = deps;
  const { authorities, issued } = deps.credentials;
  const detail = async (id: string): Promise<AuthorityDetail> => {
    const one = await authorities.get(id);
    const inspection = await authorities.inspectKept(id, await provisioning.surroundings());
    return {
      authority: shown(one, await authorities.deviceCounts(), clock.now()),
      requestPem: one.requestPem,
      chainPem: one.chainPem,
      report: inspection === undefined ? null : reportShown(inspection),
    };
  };
  return [
    bind(routes.list, async () => {
      const counts = await authorities.deviceCounts();
      return { items: (await authorities.list()).map((one) => shown(one, counts, clock.now())) };
    }),
    bind(routes.show, ({ params }) => detail(params.id)),
    bind(routes.create, async ({ body, caller }) => {
      const { id } = await postgres.transaction(async (tx) => {
        const made = await authorities.create(tx, body);
        const what = made.kind === "own" ? "an own authority" : "the draft of an outside authority";
        const details = { id: made.id, kind: made.kind };
        const summary = `Made ${what}: ${made.name}`;
        await audit.write(tx, { actor: caller.actor, action: "authority.created", summary, details });
        return made;
      });
      return detail(id);
    }),
    bind(routes.request, async ({ params, caller }) => {
      await postgres.transaction(async (tx) => {
        const { id, name } = await authorities.request(tx, params.id);
        const summary = `Made the certificate request of the authority ${name}`;
        await audit.write(tx, { actor: caller.actor, action: "authority.requested", summary, details: { id } });
      });
      return detail(params.id);
    }),
    bind(routes.inspect, async ({ params, body }) =>
      reportShown(await authorities.inspect(params.id, body.chainPem, await provisioning.surroundings())),
    ),
    bind(routes.install, async ({ params, body, caller }) => {
      const around = await provisioning.surroundings();
      await postgres.transaction(async (tx) => {
        const { id, name, expiresAt } = await authorities.install(tx, params.id, body.chainPem, around);
        const summary = `Installed the signed chain of the authority ${name}`;
        const details = { id, expiresAt: expiresAt?.toISOString() ?? null };
        await audit.write(tx, { actor: caller.actor, action: "authority.installed", summary, details });
      });
      return detail(params.id);
    }),
    bind(routes.use, async ({ params, caller }) => {
      const around = await provisioning.surroundings();
      await postgres.transaction(async (tx) => {
        const { authority, before } = await authorities.use(tx, params.id, around);
        const summary = `Put the authority ${authority.name} to use in place of ${before.name}`;
        const details = { id: authority.id, before: before.id };
        await audit.write(tx, { actor: caller.actor, action: "authority.used", summary, details });
        tx.afterCommit(() => provisioning.lookNow());
      });
      return detail(params.id);
    }),
    bind(routes.remove, async ({ params, caller }) => {
      await postgres.transaction(async (tx) => {
        const { id, name, state } = await authorities.remove(tx, params.id);
        const summary = `Removed the authority ${name}, which was never in use`;
        await audit.write(tx, { actor: caller.actor, action: "authority.removed", summary, details: { id, state } });
      });
      return null;
    }),
    bind(routes.revocationList, async ({ params }) => {
      const { number, nextUpdate, der } = await issued.requiredList(params.id);
      return { number, nextUpdate: nextUpdate.toISOString(), der: Buffer.from(der).toString("base64") };
    }),
    bind(routes.certificates, async ({ params }) => {
      await devices.get(params.id);
      return { items: (await issued.issuedTo(params.id)).map(issuedShown) };
    }),
    bind(routes.managers, async () => ({ items: (await issued.managers()).flatMap(managerShown) })),
    bind(routes.revoke, async ({ params, body, caller }) => {
      const { serial } = params;
      const { reason, note = "" } = body;
      await postgres.transaction(async (tx) => {
        const device = await issued.revoke(tx, serial, reason);
        if (device === null) await devices.dueWithMutualTls(tx);
        const whose = device === null ? "a certificate of Vigil's own" : "its certificate";
        const summary = `Revoked ${whose}: ${note === "" ? reason : note}`;
        const about = { actor: caller.actor, action: "certificate.revoked", summary, details: { serial, reason } };
        await audit.write(tx, device === null ? about : { ...about, device });
        tx.afterCommit(() => provisioning.lookNow());
      });
      return null;
    }),
  ];
}

function shown(one: DeviceAuthority, counts: ReadonlyMap<string, number>, now: number): AuthorityReply {
  const { id, name, kind, state, expiresAt, changedAt } = one;
  const members = one.chainPem === null ? [] : describeAuthority(one.chainPem).members;
  const daysLeft = expiresAt === null ? null : Math.floor((expiresAt.getTime() - now) / dayMs);
  const count = counts.get(id) ?? 0;
  return {
    id,
    name,
    kind,
    state,
    subject: members[0]?.subject ?? `CN=${one.commonName}, O=${one.organization}`,
    rootSubject: members.at(-1)?.subject ?? null,
    tiers: members.length,
    expiresAt: expiresAt?.toISOString() ?? null,
    daysLeft,
    devices: count,
    revocationList: state === "in-use" || state === "retired" ? revocationListPath(id) : null,
    attention: attentionOf(one, daysLeft, count),
    changedAt: changedAt.toISOString(),
  };
}

function attentionOf({ state, kind }: DeviceAuthority, daysLeft: number | null, devices: number): string {
  const isNear = daysLeft !== null && daysLeft < attentionDays;
  switch (state) {
    case "draft":
      return "Make its request";
    case "waiting":
      return "Have its request signed, then install the chain";
    case "ready":
      return "";
    case "in-use":
      if (!isNear) return "";
      return kind === "own"
        ? "It is replaced by itself; look at the audit log"
        : "Have another one signed and put it to use";
    case "retired":
      return devices === 0
        ? ""
        : isNear
          ? "Devices still show its certificates, and it ends soon"
          : "Devices are moving away from it";
    default:
      return state satisfies never;
  }
}

function reportShown({ verdict, checks, chain }: AuthorityInspection): AuthorityReport {
  return {
    verdict,
    checks: checks.map((one) => ({ ...one })),
    chain: (chain?.members ?? []).map((one) => ({
      subject: one.subject,
      issuer: one.issuer,
      fingerprint: one.fingerprint,
      validFrom: one.validFrom.toISOString(),
      validTo: one.validTo.toISOString(),
      key: keyText(one.key),
      signature: one.signature,
      isAuthority: one.isAuthority,
    })),
  };
}

function issuedShown(row: IssuedRow): IssuedCertificate {
  const { serial, subject, fingerprint, authority, reason } = row;
  const text = (moment: Date | null): string | null => moment?.toISOString() ?? null;
  return {
    serial,
    subject,
    fingerprint,
    authority,
    issuedAt: text(row.issued_at),
    expiresAt: row.expires_at.toISOString(),
    shownAt: text(row.shown_at),
    replacedAt: text(row.replaced_at),
    revokedAt: text(row.revoked_at),
    reason,
  };
}

function managerShown(row: ManagerRow): IssuedCertificate[] {
  const { serial, fingerprint, authority, reason } = row;
  if (serial === null) return [];
  return [
    {
      serial,
      subject: "CN=manager.vigil.internal",
      fingerprint,
      authority,
      issuedAt: row.issued_at?.toISOString() ?? null,
      expiresAt: row.expires_at.toISOString(),
      shownAt: null,
      replacedAt: null,
      revokedAt: row.revoked_at?.toISOString() ?? null,
      reason,
    },
  ];
}
