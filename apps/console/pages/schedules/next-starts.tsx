import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ClockChange, ScheduleSettings, ScheduleTime, TimePreview } from "@vigil/api/resources/schedules.ts";
import { momentOf } from "../../ages.ts";
import { Waiting } from "../../parts/empty.tsx";
import { useServer } from "../../server.ts";
import { previewQuery } from "./queries.ts";
import { ownZone } from "./zones.ts";

/** Chosen: nobody waits for it, and nobody asks at every key. */
const pauseMs = 250;

type Asked = Pick<ScheduleSettings, "at" | "window">;

/** What the server makes of a time while it is typed; nothing is asked while it cannot be one. */
export function useTimePreview(settings: Asked): {
  readonly data: TimePreview | undefined;
  readonly error: unknown;
  readonly isOld: boolean;
} {
  const [asked] = useDebouncedValue(settings, pauseMs);
  const { at, window } = asked;
  const isWhole = "once" in at ? at.once !== "" : at.cron.trim().length >= 9;
  const query = useQuery({
    ...previewQuery(useServer(), { at, window }),
    enabled: isWhole,
    placeholderData: keepPreviousData,
  });
  const isOld = asked !== settings || query.isPlaceholderData;
  return { data: isWhole ? query.data : undefined, error: isWhole && !isOld ? query.error : null, isOld };
}

interface NextStartsProps {
  readonly at: ScheduleTime;
  readonly window: string | null;
  readonly preview: ReturnType<typeof useTimePreview>;
}

/** The next starts, by the clock of the time's zone, and what changes of the clocks do to them. */
export function NextStarts({ at, window, preview: { data, error, isOld } }: NextStartsProps) {
  // The field that is wrong says so.
  if (error !== null) return null;
  if (data === undefined) return isOld ? <Waiting rows={3} /> : null;
  const zone = "cron" in at ? at.timeZone : ownZone();
  if (data.starts.length === 0) return <p className="warn field-note">That moment is over: it would never start.</p>;
  return (
    <section className={isOld ? "next-starts dim" : "next-starts"} aria-label="Next starts" aria-busy={isOld}>
      <h3>{data.starts.length === 1 ? "Starts" : `The next ${data.starts.length} starts`}</h3>
      <ol>
        {data.starts.map((one) => (
          <li key={one.at}>
            <time dateTime={one.at} title={momentOf(one.at)}>
              {wallIn(zone, one.at)}
            </time>
            {zone === ownZone() ? null : (
              <span className="dim">{shortIn(ownZone(), one.at, dayIn(zone, one.at))} by your clock</span>
            )}
            {one.wantedAt === null ? null : (
              <span className="dim">
                waits for {window ?? "its window"} since {shortIn(zone, one.wantedAt, dayIn(zone, one.at))}
              </span>
            )}
          </li>
        ))}
      </ol>
      {"cron" in at ? <Clocks zone={zone} changes={data.clockChanges} /> : null}
    </section>
  );
}

function Clocks({ zone, changes }: { readonly zone: string; readonly changes: readonly ClockChange[] }) {
  const [next] = changes;
  if (next === undefined) return <p className="dim">Clocks never change in {zone}.</p>;
  const troubled = changes.filter(({ wall }) => wall !== null);
  // The same happens a year later.
  const [forward, back] = (["forward", "back"] as const).map((kind) => troubled.find((one) => one.kind === kind));
  if (troubled.length === 0) {
    return (
      <p className="dim">
        Clocks are set {next.kind} on {dayIn(zone, next.at)}: the time of day by the clock stays the same.
      </p>
    );
  }
  return (
    <>
      {[forward, back].map((change) =>
        change === undefined ? null : (
          <p key={change.kind} className="warning">
            {inWords(zone, change)}
          </p>
        ),
      )}
    </>
  );
}

function inWords(zone: string, { at, kind, wall, starts }: ClockChange): string {
  const [day, times] = [dayIn(zone, at), starts.map((one) => timeIn(zone, one)).join(" and ")];
  if (kind === "forward") {
    return `Clocks are set forward on ${day} and there is no ${wall} that day: it ${times === "" ? "does not start" : `starts at ${times}`}.`;
  }
  return `Clocks are set back on ${day} and ${wall} comes twice that day: it starts ${starts.length === 1 ? "once, at the first of the two" : "each time"}, ${times}.`;
}

function wallIn(timeZone: string, at: string): string {
  return new Date(at).toLocaleString("en-GB", {
    timeZone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  });
}

/** The time alone on that day, with its own day on another. */
function shortIn(timeZone: string, at: string, day: string): string {
  const time = new Date(at).toLocaleTimeString("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
  return dayIn(timeZone, at) === day
    ? time
    : `${new Date(at).toLocaleDateString("en-GB", { timeZone, weekday: "short", day: "numeric", month: "short" })}, ${time}`;
}

function dayIn(timeZone: string, at: string): string {
  return new Date(at).toLocaleDateString("en-GB", { timeZone, day: "numeric", month: "long", year: "numeric" });
}

function timeIn(timeZone: string, at: string): string {
  return new Date(at).toLocaleTimeString("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  });
}
