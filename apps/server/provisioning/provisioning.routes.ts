import {
  provisioning as routes,
  type AttemptNews as AttemptNewsReply,
  type DeviceHellos,
  type ProvisioningAttempt,
  type ProvisioningEntry,
  type ProvisioningFailure,
  type Site as SiteReply,
} from "@vigil/api/resources/provisioning.ts";
import type { Credentials, SetupCertificate } from "../credentials/credentials.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { HelloWindow, Ledger } from "./ledger.ts";
import { kindOf, outcomeOf, outcomes } from "./outcomes.ts";
import type { Attempt, AttemptNews } from "./attempts.ts";
import type { Entry, Provisioning } from "./provisioning.ts";

export function provisioningRoutes({
  provisioning,
  credentials,
}: {
  readonly provisioning: Provisioning;
  readonly credentials: Pick<Credentials, "setup">;
}): readonly RouteBinding[] {
  return [
    bind(routes.list, async ({ query }) => {
      const items = await provisioning.list(query, query.limit ?? 200);
      const windows = await provisioning.ledger.windowsOf(
        items.filter((one) => one.state !== "done").map((one) => one.uuid),
      );
      const { waiting, running, failed, done } = await provisioning.counts();
      const held = await provisioning.held();
      const heldSites = await heldNow(provisioning, held !== undefined);
      return {
        items: items.map((one) => shown(one, provisioning, windows.get(one.uuid), heldSites)),
        counts: { waiting, running, failed, done },
        refused: { ...provisioning.refused },
        isHeld: held !== undefined,
        runningAtHold: held?.running ?? null,
      };
    }),
    bind(routes.failures, async () => ({ items: catalogueOf(await provisioning.codes()) })),
    bind(routes.retry, async ({ body, caller }) => ({
      reopened: await provisioning.retryAll(body.code, caller.actor),
    })),
    bind(routes.sites, async () => ({ items: (await provisioning.sites.list()).map(siteShown) })),
    bind(routes.putSite, async ({ params, body, caller }) => {
      await provisioning.sites.put({ name: params.name, ...body }, caller.actor);
      const site = (await provisioning.sites.list()).find(({ name }) => name === params.name);
      if (site === undefined) throw new Error("the site was just stored");
      return siteShown(site);
    }),
    bind(routes.removeSite, async ({ params, caller }) => {
      await provisioning.sites.remove(params.name, caller.actor);
      return null;
    }),
    bind(routes.show, async ({ params }) => {
      const attempts = await provisioning.attempts.list(params.id);
      const entry = await provisioning.entryOf(params.id);
      const hellos = await provisioning.ledger.of(params.id);
      const heldSites = await heldNow(provisioning, (await provisioning.held()) !== undefined);
      return {
        entry: entry === undefined ? null : shown(entry, provisioning, hellos?.window ?? undefined, heldSites),
        hellos: hellos === undefined ? null : hellosShown(hellos, entry?.hashes ?? [], await credentials.setup.list()),
        attempts: attempts.map(attemptShown),
      };
    }),
    bind(routes.hold, async ({ body, caller }) => {
      await provisioning.hold(body.isHeld, caller.actor);
      return { isHeld: body.isHeld, running: (await provisioning.counts()).running };
    }),
  ];
}

function shown(
  entry: Entry,
  provisioning: Pick<Provisioning, "attempts">,
  window: HelloWindow | undefined,
  held: HeldNow,
): ProvisioningEntry {
  const { uuid, address, method, state, step, attempts, lane, nextTryAt, error, updatedAt } = entry;
  return {
    uuid,
    address,
    method,
    state,
    step: provisioning.attempts.stepOf(uuid) ?? step,
    attempts,
    lane,
    nextTryAt: nextTryAt?.toISOString() ?? null,
    error: error === null ? null : { ...error },
    updatedAt: updatedAt.toISOString(),
    helloClosesAt: window?.closesAt.toISOString() ?? null,
    site: entry.site,
    waitsFor: waitsFor(entry, held),
  };
}

interface HeldNow {
  readonly isQueueHeld: boolean;
  readonly sites: ReadonlySet<string>;
  readonly now: number;
}

async function heldNow(provisioning: Provisioning, isQueueHeld: boolean): Promise<HeldNow> {
  const sites = (await provisioning.sites.list()).filter(({ isHeld }) => isHeld).map(({ name }) => name);
  return { isQueueHeld, sites: new Set(sites), now: provisioning.now() };
}

/** Why one that waits is not begun, the widest reason first. */
function waitsFor({ state, site, isAdmitted, nextTryAt }: Entry, held: HeldNow): ProvisioningEntry["waitsFor"] {
  if (state !== "waiting") return null;
  if (held.isQueueHeld) return "queue-held";
  if (site !== null && held.sites.has(site)) return "site-held";
  if (nextTryAt !== null && nextTryAt.getTime() > held.now) return "next-try";
  return isAdmitted ? "turn" : "site-full";
}

function siteShown(one: Awaited<ReturnType<Provisioning["sites"]["list"]>>[number]): SiteReply {
  return { ...one, subnets: [...one.subnets], counts: { ...one.counts } };
}

/** The whole catalogue, the codes that devices are at first. */
function catalogueOf(counts: Awaited<ReturnType<Provisioning["codes"]>>): ProvisioningFailure[] {
  const byCode = new Map(counts.map((one) => [one.code, one]));
  const codes = new Set([...byCode.keys(), ...Object.keys(outcomes)]);
  const all = [...codes].map((code): ProvisioningFailure => {
    const { failed = 0, waiting = 0, error } = byCode.get(code) ?? {};
    const kind = kindOf(code);
    const { group, isFinal, reopenedBy } = outcomeOf(code);
    return {
      code,
      group,
      side: kind?.side ?? error?.side ?? "ours",
      cause: kind?.title ?? error?.message ?? "",
      next: kind?.next ?? error?.next ?? "",
      hasRunbook: kind?.runbook ?? code.startsWith("wsman.fault."),
      isFinal,
      reopenedBy: [...reopenedBy],
      failed,
      waiting,
    };
  });
  return all.sort((a, b) => b.failed - a.failed || b.waiting - a.waiting || a.code.localeCompare(b.code, "en"));
}

function hellosShown(
  { ledger, window }: { readonly ledger: Ledger; readonly window: HelloWindow | null },
  hashes: Entry["hashes"],
  certificates: readonly SetupCertificate[],
): DeviceHellos {
  return {
    firstAt: ledger.firstAt.toISOString(),
    lastAt: ledger.lastAt.toISOString(),
    count: ledger.count,
    addresses: ledger.addresses.map(({ address, firstAt, lastAt, count }) => ({
      address,
      firstAt: firstAt.toISOString(),
      lastAt: lastAt.toISOString(),
      count,
    })),
    hashes: hashes.map(({ algorithm, hash }) => ({
      algorithm,
      hash,
      certificate: certificates.find((one) => one.rootHashes[algorithm] === hash)?.name ?? null,
    })),
    window:
      window === null
        ? null
        : {
            openedAt: window.openedAt.toISOString(),
            closesAt: window.closesAt.toISOString(),
            isOpen: window.isOpen,
            reopening: window.reopening.map((one) => ({ ...one })),
          },
  };
}

/** What watchers are told. */
export function attemptNews({ attempt, from }: AttemptNews): AttemptNewsReply {
  return { ...attemptShown(attempt), from };
}

function attemptShown(attempt: Attempt): ProvisioningAttempt {
  const { uuid, number, address, lane, outcome, startedAt, endedAt, error, notes } = attempt;
  return {
    uuid,
    number,
    address,
    lane,
    outcome,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    error: error === null ? null : { ...error },
    notes: notes.map((note) => ({
      ...note,
      facts: { ...note.facts },
      compared: note.compared.map((one) => ({ ...one })),
      wrote: note.wrote.map((one) => ({ ...one, fields: one.fields.map((field) => ({ ...field })) })),
      error: note.error === null ? null : { ...note.error, details: { ...note.error.details } },
    })),
  };
}
