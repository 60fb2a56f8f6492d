import type { Cell } from "./csv.ts";
import type { AuditFinding, ListedEntry } from "./resources/audit.ts";

/** The columns of an exported activity log. */
export const auditHeading = ["number", "at", "actor", "path", "action", "device", "deviceName", "summary", "details"];

export function auditRow(one: ListedEntry): readonly Cell[] {
  const { id, at, actor, path, action, device, deviceName, summary, details } = one;
  return [id, at, actor, path, action, device, deviceName, summary, JSON.stringify(details)];
}

/** What was found wrong with the log itself, in a sentence. */
export function findingWords(finding: AuditFinding): string {
  if (finding.kind === "end-changed")
    return "The end of the chain was changed or taken away: entries after the last one may be missing.";
  const { kind, first, last } = finding;
  const which = first === last ? `Entry ${first} was` : `Entries ${first} to ${last} were`;
  const after = kind === "deleted" ? " What follows them is taken as it is." : "";
  return `${which} ${kind} by hand in the database.${first === last ? after.replace("them", "it") : after}`;
}
