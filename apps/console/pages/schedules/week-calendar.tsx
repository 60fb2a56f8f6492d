import { ActionIcon, Button, Group } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { dateOf, momentOf } from "../../ages.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { useNow } from "../../parts/now.tsx";
import { useServer } from "../../server.ts";
import { scheduleSearch } from "../searches.ts";
import { calendarQuery } from "./queries.ts";
import { daysLater, mondayOf, weekOf, type CalendarDay, type CalendarEntry } from "./week.ts";

/** What starts in a week, and when maintenance windows open in it; which week is in the address. */
export function WeekCalendar() {
  const navigate = useNavigate();
  const now = new Date(useNow() || Date.now());
  const { week } = scheduleSearch(useSearch({ strict: false }));
  const monday = mondayOf(week === undefined ? now : new Date(`${week}T12:00`));
  const [from, to] = [monday.toISOString(), daysLater(monday, 7).toISOString()];
  const query = useQuery(calendarQuery(useServer(), from, to));
  const show = (day: Date | undefined): void =>
    void navigate({ to: "/jobs/schedules", search: day === undefined ? {} : { week: dateOf(day) }, replace: true });
  const heading = `${monday.toLocaleDateString(undefined, { day: "numeric", month: "long", year: "numeric" })}`;
  return (
    <section className="week" aria-label="Week">
      <Group gap={8} className="week-head">
        <h2>Week of {heading}</h2>
        <ActionIcon variant="default" aria-label="The week before" onClick={() => show(daysLater(monday, -7))}>
          <IconChevronLeft size={14} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="default" aria-label="The week after" onClick={() => show(daysLater(monday, 7))}>
          <IconChevronRight size={14} aria-hidden />
        </ActionIcon>
        <Button variant="default" size="compact-sm" disabled={week === undefined} onClick={() => show(undefined)}>
          This week
        </Button>
        {query.data?.isCut === true ? <span className="dim">More starts than can be shown</span> : null}
      </Group>
      <Loaded query={query} rows={3}>
        {(data) => (
          <ol className="week-days">
            {weekOf(monday, data).map((day) => (
              <Day key={day.at.getTime()} day={day} isToday={dateOf(day.at) === dateOf(now)} />
            ))}
          </ol>
        )}
      </Loaded>
    </section>
  );
}

function Day({ day: { at, entries }, isToday }: { readonly day: CalendarDay; readonly isToday: boolean }) {
  const name = at.toLocaleDateString(undefined, { weekday: "short", day: "numeric", month: "short" });
  return (
    <li className="week-day" data-today={isToday} aria-label={name} aria-current={isToday ? "date" : undefined}>
      <h3>{name}</h3>
      {entries.length === 0 ? (
        <p className="dim">—</p>
      ) : (
        <ul>
          {entries.map((entry) => (
            <Entry key={`${entry.kind} ${entry.name} ${entry.from.getTime()}`} {...entry} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Entry({ kind, name, from, to, count }: CalendarEntry) {
  const span = kind === "window" || count > 1 ? `${timeOf(from)}–${timeOf(to)}` : timeOf(from);
  return (
    <li className="week-entry" data-kind={kind} title={momentOf(from.toISOString())}>
      <time dateTime={from.toISOString()}>{span}</time>
      <span>{kind === "window" ? `${name} open` : count > 1 ? `${name} ${count}×` : name}</span>
    </li>
  );
}

function timeOf(at: Date): string {
  return at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}
