import type { Device, DeviceSummary } from "@vigil/api/resources/devices.ts";
import type { Run, RunResult } from "@vigil/api/resources/runs.ts";
import type { AttemptNews, DeviceProvisioning } from "@vigil/api/resources/provisioning.ts";
import type { DeviceWindow, ResultWindow, RunList } from "./queries.ts";

// News merged into what is already on screen. What did not change keeps its identity, so that only rows that moved are
// drawn again. Whether a row still belongs to its list, and where, only the server knows: live.ts asks it again soon.

/** Puts changed devices in the place of their old rows. */
export function withDevices(old: DeviceWindow | undefined, news: ReadonlyMap<string, DeviceSummary>) {
  return withRows(old, news);
}

/** Puts changed results in the place of their old rows. */
export function withResults(old: ResultWindow | undefined, news: ReadonlyMap<string, RunResult>) {
  return withRows(old, news);
}

interface Rows<Row> {
  items: Row[];
  total: number;
}

function withRows<Row extends { uuid: string }>(old: Rows<Row> | undefined, news: ReadonlyMap<string, Row>) {
  if (old === undefined || !old.items.some((row) => news.has(row.uuid))) return old;
  return { ...old, items: old.items.map((row) => news.get(row.uuid) ?? row) };
}

/** A device page that is open takes over what its row says. */
export function withSummary(old: Device | undefined, news: DeviceSummary | undefined): Device | undefined {
  return old === undefined || news === undefined ? old : { ...old, ...news };
}

/** Puts the notes that moved into their attempt. @returns undefined when notes before them were missed */
export function withAttempt(old: DeviceProvisioning, news: AttemptNews): DeviceProvisioning | undefined {
  const { from, ...attempt } = news;
  const before = old.attempts.find(({ number }) => number === attempt.number);
  if ((before?.notes.length ?? 0) < from) return undefined;
  const merged = { ...attempt, notes: [...(before?.notes.slice(0, from) ?? []), ...attempt.notes] };
  const others = old.attempts.filter(({ number }) => number !== attempt.number);
  return { ...old, attempts: [merged, ...others].sort((a, b) => b.number - a.number) };
}

/** Changed runs in place, new ones on top: the list is newest first. */
export function withRuns(old: RunList | undefined, news: readonly Run[]): RunList | undefined {
  if (old === undefined) return old;
  const byId = new Map(news.map((run) => [run.id, run]));
  const items = old.items.map((run) => newest(run, byId.get(run.id)));
  const known = new Set(old.items.map((run) => run.id));
  const added = news.filter((run) => !known.has(run.id)).toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  return { items: [...added, ...items], total: old.total + added.length };
}

/** Counts only grow: a message that was overtaken by an answer must not turn the bar back. */
export function newest(old: Run, news: Run | undefined): Run {
  if (news === undefined) return old;
  const isOlder = old.finishedAt !== null && news.finishedAt === null;
  return isOlder || doneOf(news) < doneOf(old) ? old : news;
}

/** How many devices of a run are done, one way or another. */
export function doneOf(run: Run): number {
  const { succeeded, failed, unknown, cancelled } = run.counts;
  return succeeded + failed + unknown + cancelled;
}
