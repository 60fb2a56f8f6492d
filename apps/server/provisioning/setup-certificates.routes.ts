import {
  setupCertificates as routes,
  type CertificateReport,
  type DeviceVerdict as DeviceVerdictReply,
  type DeviceVerdicts,
  type SetupCertificate as SetupCertificateReply,
} from "@vigil/api/resources/setup-certificates.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import {
  keyText,
  type Credentials,
  type DeviceVerdict,
  type Inspection,
  type SetupCertificate,
  type Upload,
} from "../credentials/credentials.ts";
import type { Devices } from "../devices/devices.ts";
import { bind, type RouteBinding } from "../http.ts";
import { checkDns, ownPlace } from "./dns-check.ts";
import type { Provisioning } from "./provisioning.ts";

const dayMs = 86_400_000;
/** Suffixes in one check. Chosen: each is three questions to a resolver. */
const mostSuffixes = 100;

export function setupCertificateRoutes(deps: {
  readonly provisioning: Provisioning;
  readonly credentials: Credentials;
  readonly devices: Devices;
  readonly audit: Audit;
  readonly postgres: Postgres;
  readonly clock: Clock;
  /** ADDRESS or ADDRESS:PORT; none: the system's. */
  readonly dnsServers: readonly string[];
}): readonly RouteBinding[] {
  const { provisioning, devices, audit, postgres, clock, dnsServers } = deps;
  const { setup } = deps.credentials;
  const shown = (one: SetupCertificate): SetupCertificateReply => certificateShown(one, clock.now());
  const verdictsOf = async (device: string): Promise<DeviceVerdicts> => {
    const { rootHashes, release, suffixes } = await provisioning.knowledgeOf(device);
    const [judged = []] = await setup.judgeAll([{ rootHashes, release, suffixes }]);
    return {
      listedRoots: rootHashes?.length ?? null,
      release,
      suffixes: suffixes.map(({ suffix, source, at }) => ({ suffix, source, at: at?.toISOString() ?? null })),
      items: judged.map(({ certificate, verdict }) => ({
        certificate: shown(certificate),
        verdict: verdictShown(verdict),
      })),
    };
  };
  return [
    bind(routes.coverage, async () => {
      const { certificates, gaps, releases, ...counts } = await provisioning.coverage();
      return {
        ...counts,
        certificates: certificates.map(({ certificate, answers }) => ({ certificate: shown(certificate), answers })),
        gaps: gaps.map((one) => ({ ...one, examples: [...one.examples] })),
        releases: releases.map((one) => ({ ...one })),
      };
    }),
    bind(routes.checkDns, async ({ query, signal }) => {
      const known = await provisioning.suffixes();
      const wanted =
        query.suffix === undefined ? [...known.keys()].slice(0, mostSuffixes) : [query.suffix.toLowerCase()];
      const own = ownPlace();
      const checks = await Promise.all(wanted.map((suffix) => checkDns(suffix, { servers: dnsServers, own, signal })));
      return {
        items: checks.map((one) => ({
          ...one,
          addresses: [...one.addresses],
          servers: [...one.servers],
          records: [...one.records],
          devices: known.get(one.suffix) ?? 0,
        })),
      };
    }),
    bind(routes.list, async () => ({ items: (await setup.list()).map(shown) })),
    bind(routes.show, async ({ params }) => ({
      certificate: shown(await setup.get(params.id)),
      report: reportShown(await setup.inspectKept(params.id), null),
    })),
    bind(routes.inspect, async ({ body }) => {
      const inspection = setup.inspect(uploadIn(body));
      const { chain } = inspection;
      const about = body.device === undefined ? undefined : await provisioning.knowledgeOf(body.device);
      const release = body.release ?? about?.release ?? null;
      const verdict = chain === undefined || about === undefined ? null : setup.judge(chain, { ...about, release });
      return reportShown(inspection, verdict);
    }),
    bind(routes.add, async ({ body, caller }) => {
      const added = await postgres.transaction(async (tx) => {
        const one = await setup.add(tx, uploadIn(body), body.name);
        const summary = `Added the setup certificate ${one.name} (${one.subject})`;
        const details = { id: one.id, root: one.rootHashes.sha256, expiresAt: one.expiresAt.toISOString() };
        await audit.write(tx, { actor: caller.actor, action: "setup-certificate.added", summary, details });
        const rootHashes = Object.values(one.rootHashes);
        await provisioning.reopen(tx, { kind: "setup-certificate", rootHashes });
        return one;
      });
      return shown(added);
    }),
    bind(routes.rename, async ({ params, body, caller }) => {
      const renamed = await postgres.transaction(async (tx) => {
        const before = await setup.get(params.id, tx);
        const one = await setup.rename(tx, params.id, body.name);
        const summary = `Renamed the setup certificate ${before.name} to ${one.name}`;
        const details = { id: one.id };
        await audit.write(tx, { actor: caller.actor, action: "setup-certificate.renamed", summary, details });
        return one;
      });
      return shown(renamed);
    }),
    bind(routes.remove, async ({ params, caller }) => {
      await postgres.transaction(async (tx) => {
        const { id, name, subject, fingerprint } = await setup.remove(tx, params.id);
        const summary = `Removed the setup certificate ${name} (${subject})`;
        const details = { id, fingerprint };
        await audit.write(tx, { actor: caller.actor, action: "setup-certificate.removed", summary, details });
      });
      return null;
    }),
    bind(routes.verdicts, ({ params }) => verdictsOf(params.id)),
    bind(routes.setSuffix, async ({ params, body, caller }) => {
      await postgres.transaction(async (tx) => {
        const suffix = body.suffix?.toLowerCase() ?? null;
        await devices.setDnsSuffix(tx, params.id, suffix);
        const summary = suffix === null ? "Took back what its DNS suffix is" : `Said that its DNS suffix is ${suffix}`;
        await audit.write(tx, { actor: caller.actor, action: "device.dns-suffix", device: params.id, summary });
        if (suffix !== null) await provisioning.reopen(tx, { kind: "dns-suffix", device: params.id });
      });
      return verdictsOf(params.id);
    }),
  ];
}

function uploadIn(body: {
  readonly chainPem?: string;
  readonly keyPem?: string;
  readonly pfx?: string;
  readonly passphrase?: string;
}): Upload {
  const { chainPem, keyPem, pfx, passphrase } = body;
  return {
    ...(chainPem === undefined ? {} : { chainPem }),
    ...(keyPem === undefined ? {} : { keyPem }),
    ...(pfx === undefined ? {} : { pfx: Buffer.from(pfx, "base64") }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}

function certificateShown(certificate: SetupCertificate, now: number): SetupCertificateReply {
  const { id, name, isOwn, subject, rootSubject, rootHashes, names, expiresAt, addedAt } = certificate;
  return {
    id,
    name,
    isOwn,
    subject,
    rootSubject,
    rootHash: rootHashes.sha256,
    names: [...new Set([...names.common, ...names.alternative])],
    expiresAt: expiresAt.toISOString(),
    daysLeft: Math.floor((expiresAt.getTime() - now) / dayMs),
    addedAt: addedAt.toISOString(),
  };
}

/** The key stays where it is. */
function reportShown({ verdict, checks, chain }: Inspection, device: DeviceVerdict | null): CertificateReport {
  return {
    verdict,
    checks: checks.map(({ id, verdict: one, found, expected, next, code }) => ({
      id,
      verdict: one,
      found,
      expected,
      next,
      code,
    })),
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
    chainPem: chain?.chainPem ?? null,
    device: device === null ? null : verdictShown(device),
  };
}

function verdictShown({ answer, reasons }: DeviceVerdict): DeviceVerdictReply {
  return { answer, reasons: reasons.map((one) => ({ ...one })) };
}
