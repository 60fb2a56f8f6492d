import { knownAuditEvents } from "@vigil/amt-client/audit-record.ts";
import type { AuditedEvent } from "@vigil/amt-client/capabilities/audit-log.ts";
import type { AmtDevice } from "@vigil/amt-client/device.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { Profile } from "../../profiles/profiles.ts";
import { difference, unlessLacking, usualLimitMs, type Site, type Step } from "./step.ts";

/** Whether the device records who changes its security settings. */
export const auditLog: Step = {
  name: "audit-log",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, { audit }, { calls, notes }) {
    // In client mode there is none. @source protocols B.1 "CCM restrictions"
    if (notes.controlMode === "client") return [];
    const found = await unlessAuditors(() => unlessLacking(() => device.auditLog.state(calls)));
    return found === "auditor's" ? [] : difference("audit.isOn", found?.isOn ?? false, audit.isOn);
  },
  async apply(device, { audit }, { calls }) {
    await device.auditLog.switch(audit.isOn, calls);
  },
};

/** Applications whose events touch who may do what: security itself, the log, the clock that dates it. @source protocols B.10 */
const securityApplications: ReadonlySet<number> = new Set([16, 20, 21]);

/**
 * Which events are recorded. What a release does not know it refuses, so of "all" only those count that its firmware brings along or takes.
 */
export const auditEvents: Step = {
  name: "audit-events",
  needs: ["audit-log"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, { audit }, site) {
    if (audit.events === "firmware" || site.notes.controlMode === "client") return [];
    const changes = await changesTo(device, audit.events, site);
    const count = changes.missing.length + changes.extra.length;
    return count === 0 ? [] : difference("audit.events", `${count} other than wanted`, audit.events);
  },
  async apply(device, { audit }, site) {
    if (audit.events === "firmware") return;
    const { missing, extra } = await changesTo(device, audit.events, site);
    if (missing.length > 0) await device.auditLog.setPolicies(missing, true, site.calls);
    if (extra.length > 0) await device.auditLog.setPolicies(extra, false, site.calls);
  },
};

async function changesTo(
  device: AmtDevice,
  events: Exclude<Profile["audit"]["events"], "firmware">,
  { calls }: Site,
): Promise<{ readonly missing: readonly AuditedEvent[]; readonly extra: readonly AuditedEvent[] }> {
  const found = await unlessAuditors(() => device.auditLog.policies(calls));
  if (found === "auditor's") return { missing: [], extra: [] };
  const isWanted = ({ applicationId }: { readonly applicationId: number }): boolean =>
    events === "all" || securityApplications.has(applicationId);
  const missing = knownAuditEvents()
    .filter(isWanted)
    .filter((one) => !found.some((its) => its.applicationId === one.applicationId && its.eventId === one.eventId))
    .map((one) => ({ ...one, isCritical: false, application: "", event: "" }));
  return { missing, extra: found.filter((one) => !isWanted(one)) };
}

/** Once somebody audits the device, its admin may not even look at the log: then it is the auditor's concern. @source protocols B.11 "Realm 3" */
async function unlessAuditors<T>(read: () => Promise<T>): Promise<T | "auditor's"> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof VigilError && error.code === "wsman.fault.accessDenied") return "auditor's";
    throw error;
  }
}
