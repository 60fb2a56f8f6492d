import type { TimelineEntry } from "@vigil/api/resources/devices.ts";
import type { Audit } from "../audit/audit.ts";
import { lifeWords, type Devices } from "../devices/devices.ts";
import type { Runs } from "./runs.ts";

/** What happened to a device, by people or by machine, newest first. */
export async function timelineOf(
  rooms: { readonly audit: Audit; readonly runs: Runs; readonly devices: Devices },
  uuid: string,
  limit: number,
): Promise<TimelineEntry[]> {
  const entries = await rooms.audit.list({ device: uuid, limit });
  const past = await rooms.runs.pastOf(uuid, limit);
  const moves = await rooms.devices.transitions(uuid, limit);
  const moved = moves.map(({ at, from, to, actor, code }) => ({
    at: at.toISOString(),
    actor,
    action: "device.moved",
    outcome: null,
    summary: `Is ${lifeWords[to]}, was ${lifeWords[from]}${code === null ? "" : `: ${code}`}`,
    error: null,
  }));
  const noted = entries.map(({ at, actor, action, summary }) => ({
    at,
    actor,
    action,
    outcome: null,
    summary,
    error: null,
  }));
  const done = past.map(({ finishedAt, startedBy, operation, outcome, title, answer, error }) => ({
    at: finishedAt ?? "",
    actor: startedBy,
    action: operation ?? "job",
    outcome,
    summary: answer === null ? title : `${title}. ${answer}`,
    error,
  }));
  return [...noted, ...moved, ...done].sort((one, other) => other.at.localeCompare(one.at)).slice(0, limit);
}
