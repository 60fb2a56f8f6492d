import { Type, type Static } from "typebox";
import { operationNames } from "../operations.ts";
import { route } from "../route.ts";
import { ErrorReport, Moment } from "./common.ts";
import { Target } from "./runs.ts";

const only = { additionalProperties: false } as const;
/** Names that are addresses below /schedules, and so cannot be schedules. */
const Name = Type.String({ minLength: 1, maxLength: 100, pattern: "^(?!calendar$)[^/\\u0000-\\u001f]+$" });
/** e.g. "Europe/Berlin". */
const TimeZone = Type.String({ minLength: 1, maxLength: 60 });
/** By the clock on the wall, e.g. "22:30". */
const WallTime = Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$" });

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** "to" is the first minute outside; one that is not after "from" is on the next day. */
export const WindowRule = Type.Object(
  {
    days: Type.Array(Type.Enum(weekdays), { minItems: 1, maxItems: 7, uniqueItems: true }),
    from: WallTime,
    to: WallTime,
  },
  only,
);
export type WindowRule = Static<typeof WindowRule>;

/** When disruptive work may happen: at any time that one of the rules holds. */
export const WindowSettings = Type.Object(
  { timeZone: TimeZone, rules: Type.Array(WindowRule, { minItems: 1, maxItems: 20 }) },
  only,
);
export type WindowSettings = Static<typeof WindowSettings>;

export const MaintenanceWindow = Type.Object({
  name: Type.String(),
  ...WindowSettings.properties,
  isOpen: Type.Boolean(),
  /** When it opens next; when it is open, after that. */
  opensAt: Moment,
  /** Names of the schedules that wait for it. */
  usedBy: Type.Array(Type.String()),
  changedAt: Moment,
  changedBy: Type.String(),
});
export type MaintenanceWindow = Static<typeof MaintenanceWindow>;

/** Once, or as often as five fields of cron say by the clock of a time zone. */
export const ScheduleTime = Type.Union([
  Type.Object({ once: Moment }, only),
  Type.Object({ cron: Type.String({ minLength: 9, maxLength: 200 }), timeZone: TimeZone }, only),
]);
export type ScheduleTime = Static<typeof ScheduleTime>;

/**
 * What becomes of a time at which no server ran: nothing; a run when one runs again, however late and however many were missed; or that only if it is
 * no later than so many seconds.
 */
export const Missed = Type.Union([
  Type.Literal("skip"),
  Type.Literal("run-once"),
  Type.Object({ withinSeconds: Type.Integer({ minimum: 60, maximum: 2_592_000 }) }, only),
]);
export type Missed = Static<typeof Missed>;

/** One operation, or a job in the version that is newest when it starts, or in that one. */
export const ScheduledWork = Type.Union([
  Type.Object(
    {
      operation: Type.Enum(operationNames),
      parameters: Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 100 }), { maxProperties: 20 }),
    },
    only,
  ),
  Type.Object(
    {
      job: Type.String({ minLength: 1, maxLength: 60 }),
      version: Type.Union([Type.Literal("newest"), Type.Integer({ minimum: 1, maximum: 1_000_000 })]),
    },
    only,
  ),
]);
export type ScheduledWork = Static<typeof ScheduledWork>;

export const ScheduleSettings = Type.Object(
  {
    work: ScheduledWork,
    /** Resolved anew at each start. */
    target: Target,
    at: ScheduleTime,
    /** A maintenance window: what falls outside waits until it opens. */
    window: Type.Union([Type.String({ minLength: 1, maxLength: 100 }), Type.Null()]),
    missed: Missed,
    isOn: Type.Boolean(),
    /** Why: shown with each run. A dangerous operation needs one. */
    reason: Type.String({ maxLength: 500 }),
  },
  only,
);
export type ScheduleSettings = Static<typeof ScheduleSettings>;

/** One time that came. "due": its run is about to be started; "missed": no server ran, and the schedule says to leave it. */
export const Fire = Type.Object({
  dueAt: Moment,
  at: Moment,
  outcome: Type.Union([Type.Literal("due"), Type.Literal("started"), Type.Literal("missed"), Type.Literal("failed")]),
  /** Of a started one. */
  run: Type.Union([Type.String(), Type.Null()]),
  error: Type.Union([ErrorReport, Type.Null()]),
});
export type Fire = Static<typeof Fire>;

export const Schedule = Type.Object({
  name: Type.String(),
  ...ScheduleSettings.properties,
  /** Null: never again, or switched off. */
  nextAt: Type.Union([Moment, Type.Null()]),
  last: Type.Union([Fire, Type.Null()]),
  changedAt: Moment,
  changedBy: Type.String(),
});
export type Schedule = Static<typeof Schedule>;

/** When clocks are set forward or back in a time zone, and what that does to a time that falls there. */
export const ClockChange = Type.Object({
  at: Moment,
  kind: Type.Enum(["forward", "back"] as const),
  /** A time that there is not that day, or is twice, by the clock on the wall; null: none that is meant. */
  wall: Type.Union([Type.String(), Type.Null()]),
  /** When it starts instead. */
  starts: Type.Array(Moment),
});
export type ClockChange = Static<typeof ClockChange>;

/** What a schedule's time comes to. */
export const TimePreview = Type.Object({
  /** The next five. `wantedAt`: what waits until its window opens; null where nothing waits. */
  starts: Type.Array(Type.Object({ at: Moment, wantedAt: Type.Union([Moment, Type.Null()]) })),
  /** Those of about a year to come, in the time's own zone. */
  clockChanges: Type.Array(ClockChange),
});
export type TimePreview = Static<typeof TimePreview>;

const byName = Type.Object({ name: Name });

export const schedules = {
  list: route({
    method: "GET",
    path: "/schedules",
    summary: "Lists schedules, with when each starts next",
    permission: "job.read",
    reply: Type.Object({ items: Type.Array(Schedule) }),
  }),
  calendar: route({
    method: "GET",
    path: "/schedules/calendar",
    summary: "What starts within a span of at most 400 days, and when maintenance windows are open in it",
    permission: "job.read",
    query: Type.Object({ from: Moment, to: Moment, schedule: Type.Optional(Name) }),
    reply: Type.Object({
      fires: Type.Array(Type.Object({ schedule: Type.String(), at: Moment })),
      windows: Type.Array(Type.Object({ window: Type.String(), from: Moment, to: Moment })),
      /** There are more fires than the answer has. */
      isCut: Type.Boolean(),
    }),
  }),
  preview: route({
    method: "POST",
    path: "/schedules/preview",
    summary: "When a schedule of that time would start next, and what changes of the clocks do to it; stores nothing",
    permission: "job.read",
    body: Type.Object({ at: ScheduleTime, window: ScheduleSettings.properties.window }, only),
    reply: TimePreview,
  }),
  show: route({
    method: "GET",
    path: "/schedules/{name}",
    summary: "One schedule",
    permission: "job.read",
    params: byName,
    reply: Schedule,
  }),
  fires: route({
    method: "GET",
    path: "/schedules/{name}/fires",
    summary: "The times that came and what was done at each, newest first",
    permission: "job.read",
    params: byName,
    query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })) }),
    reply: Type.Object({ items: Type.Array(Fire) }),
  }),
  create: route({
    method: "POST",
    path: "/schedules",
    summary: "Makes a schedule",
    permission: "schedule.write",
    body: Type.Object({ name: Name, settings: ScheduleSettings }, only),
    reply: Schedule,
    status: 201,
  }),
  change: route({
    method: "PUT",
    path: "/schedules/{name}",
    summary: "Gives a schedule other settings; a time that was missed under the old ones is forgotten",
    permission: "schedule.write",
    params: byName,
    body: ScheduleSettings,
    reply: Schedule,
  }),
  remove: route({
    method: "DELETE",
    path: "/schedules/{name}",
    summary: "Removes a schedule; its runs stay",
    permission: "schedule.write",
    params: byName,
    reply: Type.Null(),
    status: 204,
  }),
};

export const windows = {
  list: route({
    method: "GET",
    path: "/maintenance-windows",
    summary: "Lists maintenance windows, with when each opens next",
    permission: "job.read",
    reply: Type.Object({ items: Type.Array(MaintenanceWindow) }),
  }),
  put: route({
    method: "PUT",
    path: "/maintenance-windows/{name}",
    summary: "Makes a maintenance window, or gives it other rules; schedules that use it follow",
    permission: "schedule.write",
    params: byName,
    body: WindowSettings,
    reply: MaintenanceWindow,
  }),
  remove: route({
    method: "DELETE",
    path: "/maintenance-windows/{name}",
    summary: "Removes a maintenance window that no schedule uses",
    permission: "schedule.write",
    params: byName,
    reply: Type.Null(),
    status: 204,
  }),
};
