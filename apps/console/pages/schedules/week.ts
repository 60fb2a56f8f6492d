// A week of the calendar, by the clock of whoever looks.

/** What happens on one day, in order. */
export interface CalendarDay {
  /** Midnight. */
  readonly at: Date;
  readonly entries: readonly CalendarEntry[];
}

export interface CalendarEntry {
  readonly kind: "fire" | "window";
  readonly name: string;
  /** The first time, and the last where there are several. */
  readonly from: Date;
  readonly to: Date;
  /** How many times. */
  readonly count: number;
}

interface Calendar {
  readonly fires: readonly { readonly schedule: string; readonly at: string }[];
  readonly windows: readonly { readonly window: string; readonly from: string; readonly to: string }[];
}

/** Times of one schedule on one day that are listed one by one; more are one line. Chosen: three lines are read at a glance. */
const mostListed = 3;

/** The Monday of that day's week, at midnight. */
export function mondayOf(day: Date): Date {
  const monday = new Date(day.getFullYear(), day.getMonth(), day.getDate());
  monday.setDate(monday.getDate() - ((monday.getDay() + 6) % 7));
  return monday;
}

/** A day some days later, at midnight: days of 23 and 25 hours count as one. */
export function daysLater(day: Date, days: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);
}

/** The seven days from `monday` on, each with what happens on it. */
export function weekOf(monday: Date, { fires, windows }: Calendar): CalendarDay[] {
  return Array.from({ length: 7 }, (_, index) => {
    const [at, end] = [daysLater(monday, index), daysLater(monday, index + 1)];
    const isWithin = (moment: Date): boolean => moment >= at && moment < end;
    const times = fires.map((one) => ({ name: one.schedule, at: new Date(one.at) })).filter((one) => isWithin(one.at));
    const open = windows
      .map((one) => ({ name: one.window, from: new Date(one.from), to: new Date(one.to) }))
      .filter(({ from }) => isWithin(from));
    const entries = [
      ...open.map((one): CalendarEntry => ({ kind: "window", ...one, count: 1 })),
      ...[...Map.groupBy(times, ({ name }) => name)].flatMap(([name, all]) =>
        entriesOf(
          name,
          all.map((one) => one.at),
        ),
      ),
    ];
    return { at, entries: entries.toSorted((a, b) => a.from.getTime() - b.from.getTime()) };
  });
}

function entriesOf(name: string, times: readonly Date[]): CalendarEntry[] {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return [];
  if (times.length > mostListed) return [{ kind: "fire", name, from: first, to: last, count: times.length }];
  return times.map((at) => ({ kind: "fire", name, from: at, to: at, count: 1 }));
}
