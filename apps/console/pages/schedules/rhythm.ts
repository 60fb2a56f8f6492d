import { weekdays } from "@vigil/api/resources/schedules.ts";

// Times that people say in words, and the five fields of cron that they come to.

export type Weekday = (typeof weekdays)[number];

/** Again and again, as a person would say it. `time` is by the clock on the wall, e.g. "22:30". */
export type Rhythm =
  | { readonly every: "day" | "weekday"; readonly time: string }
  | { readonly every: "week"; readonly days: readonly Weekday[]; readonly time: string }
  | { readonly every: "month"; readonly day: number; readonly time: string }
  | { readonly every: "hour"; readonly minute: number };

export const dayNames: Readonly<Record<Weekday, string>> = {
  mon: "Monday",
  tue: "Tuesday",
  wed: "Wednesday",
  thu: "Thursday",
  fri: "Friday",
  sat: "Saturday",
  sun: "Sunday",
};

/** Five fields of cron that say the same. */
export function cronOf(rhythm: Rhythm): string {
  if (rhythm.every === "hour") return `${rhythm.minute} * * * *`;
  const [hour = "0", minute = "0"] = rhythm.time.split(":");
  const at = `${Number(minute)} ${Number(hour)}`;
  switch (rhythm.every) {
    case "day":
      return `${at} * * *`;
    case "weekday":
      return `${at} * * mon-fri`;
    case "week":
      return `${at} * * ${weekdays.filter((day) => rhythm.days.includes(day)).join(",")}`;
    case "month":
      return `${at} ${rhythm.day} * *`;
    default:
      return rhythm satisfies never;
  }
}

/** The rhythm that five fields say; undefined where it takes the fields to say it. */
export function rhythmIn(cron: string): Rhythm | undefined {
  const [minute = "", hour = "", day = "", month = "", weekday = "", ...more] = cron.trim().toLowerCase().split(/\s+/);
  if (more.length > 0 || month !== "*" || !isIn(minute, 0, 59)) return undefined;
  if (hour === "*") return day === "*" && weekday === "*" ? { every: "hour", minute: Number(minute) } : undefined;
  if (!isIn(hour, 0, 23)) return undefined;
  const time = `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  if (weekday === "*") {
    if (day === "*") return { every: "day", time };
    return isIn(day, 1, 31) ? { every: "month", day: Number(day), time } : undefined;
  }
  if (day !== "*") return undefined;
  if (weekday === "mon-fri" || weekday === "1-5") return { every: "weekday", time };
  const names = weekday.split(",");
  const days = weekdays.filter((one) => names.includes(one));
  return days.length > 0 && days.length === names.length ? { every: "week", days, time } : undefined;
}

/** "every weekday at 22:00"; the fields themselves where there are no such words. */
export function cronInWords(cron: string): string {
  const rhythm = rhythmIn(cron);
  if (rhythm === undefined) return cron;
  switch (rhythm.every) {
    case "hour":
      return `every hour, ${rhythm.minute} min past`;
    case "day":
      return `every day at ${rhythm.time}`;
    case "weekday":
      return `every weekday at ${rhythm.time}`;
    case "week":
      return `${listed(rhythm.days.map((day) => dayNames[day]))} at ${rhythm.time}`;
    case "month":
      return `on day ${rhythm.day} of each month at ${rhythm.time}`;
    default:
      return rhythm satisfies never;
  }
}

/** "Monday–Friday", "Sunday": days that follow each other are from one to the other. */
export function daysInWords(days: readonly Weekday[]): string {
  if (days.length === 7) return "every day";
  const groups: Weekday[][] = [];
  for (const [index, day] of weekdays.entries()) {
    if (!days.includes(day)) continue;
    const last = groups.at(-1);
    const before = weekdays[index - 1];
    if (last !== undefined && before !== undefined && last.includes(before)) last.push(day);
    else groups.push([day]);
  }
  return groups
    .flatMap((group) => {
      const [first, last] = [group[0], group.at(-1)];
      if (first === undefined || last === undefined) return [];
      if (group.length > 2) return [`${dayNames[first]}–${dayNames[last]}`];
      return group.map((day) => dayNames[day]);
    })
    .join(", ");
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

function isIn(text: string, least: number, most: number): boolean {
  return /^\d{1,2}$/.test(text) && Number(text) >= least && Number(text) <= most;
}
