import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { SetupMethod } from "./devices.ts";
import { DeviceId, ErrorReport, Moment } from "./common.ts";

/** One device on its way from first sight to provisioned. */
export const ProvisioningEntry = Type.Object({
  uuid: DeviceId,
  address: Type.String(),
  state: Type.Union([Type.Literal("waiting"), Type.Literal("running"), Type.Literal("failed"), Type.Literal("done")]),
  step: Type.Union([Type.String(), Type.Null()]),
  attempts: Type.Integer(),
  /** By which way it is set up: chosen by what its hello says. */
  method: SetupMethod,
  /** "slow": it did not answer, or failed and is tried again. */
  lane: Type.Union([Type.Literal("fast"), Type.Literal("slow")]),
  /** While it waits in the slow lane; the error says why. */
  nextTryAt: Type.Union([Moment, Type.Null()]),
  error: Type.Union([ErrorReport, Type.Null()]),
  updatedAt: Moment,
  /** Until when the device says hello by itself; null for one that is ours, or never did. */
  helloClosesAt: Type.Union([Moment, Type.Null()]),
  /** The place whose limit it keeps to; null outside any. */
  site: Type.Union([Type.String(), Type.Null()]),
  /** Why one that waits is not begun: it is its lane's turn for others, its pause is not over, its site has no room or is held, or the queue is. */
  waitsFor: Type.Union([
    Type.Literal("turn"),
    Type.Literal("next-try"),
    Type.Literal("site-full"),
    Type.Literal("site-held"),
    Type.Literal("queue-held"),
    Type.Null(),
  ]),
});
export type ProvisioningEntry = Static<typeof ProvisioningEntry>;

const Texts = Type.Record(Type.String(), Type.String());

/** One part of an attempt: a meeting with the device, or a step. No secret is in it. */
export const AttemptNote = Type.Object({
  kind: Type.Union([Type.Literal("meeting"), Type.Literal("step")]),
  name: Type.String(),
  at: Moment,
  /** How long it took; null while it is under way. */
  ms: Type.Union([Type.Integer(), Type.Null()]),
  /** "same": nothing differed, so nothing was written. */
  outcome: Type.Union([Type.Literal("running"), Type.Literal("done"), Type.Literal("same"), Type.Literal("failed")]),
  /** Of a meeting: where, and what was shown and tried. */
  facts: Texts,
  /** Of a step: what was not as the profile wants it. */
  compared: Type.Array(Type.Object({ setting: Type.String(), found: Type.String(), wanted: Type.String() })),
  /** Requests that changed something on the device; secrets are [sealed]. */
  wrote: Type.Array(
    Type.Object({
      className: Type.String(),
      method: Type.String(),
      fields: Type.Array(
        Type.Object({
          name: Type.String(),
          before: Type.Union([Type.String(), Type.Null()]),
          after: Type.String(),
        }),
      ),
    }),
  ),
  error: Type.Union([ErrorReport, Type.Null()]),
});
export type AttemptNote = Static<typeof AttemptNote>;

/** One try to bring a device to provisioned. */
export const ProvisioningAttempt = Type.Object({
  uuid: DeviceId,
  /** 1 at the device's first. */
  number: Type.Integer(),
  address: Type.String(),
  lane: ProvisioningEntry.properties.lane,
  /** "postponed": tried again later; "interrupted": the server stopped in the middle. */
  outcome: Type.Union([
    Type.Literal("running"),
    Type.Literal("done"),
    Type.Literal("postponed"),
    Type.Literal("failed"),
    Type.Literal("interrupted"),
  ]),
  startedAt: Moment,
  endedAt: Type.Union([Moment, Type.Null()]),
  error: Type.Union([ErrorReport, Type.Null()]),
  notes: Type.Array(AttemptNote),
});
export type ProvisioningAttempt = Static<typeof ProvisioningAttempt>;

/** What a device's hellos have told over time. */
export const DeviceHellos = Type.Object({
  firstAt: Moment,
  lastAt: Moment,
  count: Type.Integer(),
  /** Where they came from, the newest first. */
  addresses: Type.Array(
    Type.Object({ address: Type.String(), firstAt: Moment, lastAt: Moment, count: Type.Integer() }),
  ),
  /** Of the roots that the device believes. */
  hashes: Type.Array(
    Type.Object({
      algorithm: Type.String(),
      hash: Type.String(),
      /** The setup certificate under that root. */
      certificate: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
  /** Null for a device that is ours. */
  window: Type.Union([
    Type.Object({
      openedAt: Moment,
      /** After that no hello comes by itself. */
      closesAt: Moment,
      isOpen: Type.Boolean(),
      /** What opens it again, the easiest first. */
      reopening: Type.Array(
        Type.Object({
          by: Type.Union([Type.Literal("power"), Type.Literal("restart")]),
          action: Type.String(),
          hours: Type.Integer(),
        }),
      ),
    }),
    Type.Null(),
  ]),
});
export type DeviceHellos = Static<typeof DeviceHellos>;

/** How one device stands. */
export const DeviceProvisioning = Type.Object({
  /** Null: it has never asked to be set up. */
  entry: Type.Union([ProvisioningEntry, Type.Null()]),
  /** Null: it never said hello. */
  hellos: Type.Union([DeviceHellos, Type.Null()]),
  /** Newest first. */
  attempts: Type.Array(ProvisioningAttempt),
});
export type DeviceProvisioning = Static<typeof DeviceProvisioning>;

/** An attempt with those of its notes that moved, beginning with the one at `from`. */
export interface AttemptNews extends ProvisioningAttempt {
  readonly from: number;
}

/** A code that attempts to provision can end with, and the devices that are at it now. */
export const ProvisioningFailure = Type.Object({
  code: Type.String(),
  /** Where its cause lies. */
  group: Type.String(),
  side: ErrorReport.properties.side,
  cause: Type.String(),
  next: Type.String(),
  /** Whether /runbooks/CODE says more. */
  hasRunbook: Type.Boolean(),
  /** False: it is tried again by itself, with pauses that grow. */
  isFinal: Type.Boolean(),
  /** What begins again with such devices without anybody asking; a hello always does. */
  reopenedBy: Type.Array(Type.String()),
  failed: Type.Integer(),
  /** Of them there are that many more which wait for their next try. */
  waiting: Type.Integer(),
});
export type ProvisioningFailure = Static<typeof ProvisioningFailure>;

/** A place with its own network, and how many of its devices may be set up at once. */
export const SiteSettings = Type.Object(
  {
    /** CIDR; the narrowest subnet that holds a device's address says which site it is in. */
    subnets: Type.Array(Type.String({ pattern: String.raw`^[0-9a-fA-F.:]{2,39}/\d{1,3}$` }), {
      minItems: 1,
      maxItems: 200,
    }),
    mostAtOnce: Type.Integer({ minimum: 1, maximum: 48 }),
    /** Between the begins of two devices there. */
    pauseSeconds: Type.Integer({ minimum: 0, maximum: 3_600 }),
    /** True: no device there is begun. */
    isHeld: Type.Boolean(),
  },
  { additionalProperties: false },
);
export const Site = Type.Object({
  name: Type.String(),
  ...SiteSettings.properties,
  counts: Type.Object({ waiting: Type.Integer(), running: Type.Integer(), failed: Type.Integer() }),
});
export type Site = Static<typeof Site>;
const SiteName = Type.Object({ name: Type.String({ minLength: 1, maxLength: 80 }) });

/** By which rule devices that are not provisioned are tried again, day by day; the policy empties itself. */
export const DelayedPolicy = Type.Object(
  {
    isOn: Type.Boolean(),
    everyHours: Type.Integer({ minimum: 1, maximum: 720 }),
    /** A machine whose one-time password is not the one that was sent is taken nevertheless. */
    replacesOneTimePassword: Type.Boolean(),
    /** Boards that stand on ASF and can do AMT are tried, too. */
    switchesToAmt: Type.Boolean(),
  },
  { additionalProperties: false },
);
/** What is to be changed of the policy; the rest stays as it is. */
export const DelayedChange = Type.Partial(DelayedPolicy, { additionalProperties: false, minProperties: 1 });
export type DelayedChange = Static<typeof DelayedChange>;
const DelayedRound = Type.Object({
  targets: Type.Integer(),
  /** Answered where they are known, or from inside their machine, and were begun again with. */
  reopened: Type.Integer(),
  silent: Type.Integer(),
  /** Never tried by themselves: no AMT, or their identity is in doubt. */
  skipped: Type.Integer(),
});
/** A check that is left out for a while. Who a device is, is never one of them. */
const IgnorableCheck = Type.Union([Type.Literal("dns"), Type.Literal("one-time-password")]);
export const Delayed = Type.Object({
  policy: DelayedPolicy,
  /** How many devices have failed and are not provisioned now. */
  targets: Type.Integer(),
  lastRoundAt: Type.Union([Moment, Type.Null()]),
  lastRound: Type.Union([DelayedRound, Type.Null()]),
  ignored: Type.Array(
    Type.Object({
      id: Type.Integer(),
      check: IgnorableCheck,
      reason: Type.String(),
      madeBy: Type.String(),
      madeAt: Moment,
      endsAt: Moment,
    }),
  ),
});
export type Delayed = Static<typeof Delayed>;

export const provisioning = {
  list: route({
    method: "GET",
    path: "/provisioning",
    summary: "Devices being provisioned or failed, most recent first, and how many there are of each",
    permission: "provisioning.read",
    query: Type.Object({
      state: Type.Optional(ProvisioningEntry.properties.state),
      lane: Type.Optional(ProvisioningEntry.properties.lane),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })),
    }),
    reply: Type.Object({
      items: Type.Array(ProvisioningEntry),
      counts: Type.Object({
        waiting: Type.Integer(),
        running: Type.Integer(),
        failed: Type.Integer(),
        done: Type.Integer(),
      }),
      /** Hellos that were refused since the server started, by error code. */
      refused: Type.Record(Type.String(), Type.Integer()),
      /** True: devices under way end as they will, and no other is begun. */
      isHeld: Type.Boolean(),
      /** While it is held: how many were under way when that began. */
      runningAtHold: Type.Union([Type.Integer(), Type.Null()]),
    }),
  }),
  failures: route({
    method: "GET",
    path: "/provisioning/failures",
    summary:
      "Every code that provisioning can end with: cause, next step, what reopens it, and how many devices are at it",
    permission: "provisioning.read",
    reply: Type.Object({ items: Type.Array(ProvisioningFailure) }),
  }),
  retry: route({
    method: "POST",
    path: "/provisioning/failures/retry",
    summary: "Begins again with all devices that failed with a code",
    permission: "provisioning.run",
    body: Type.Object({ code: Type.String({ maxLength: 100 }) }, { additionalProperties: false }),
    reply: Type.Object({ reopened: Type.Integer() }),
  }),
  sites: route({
    method: "GET",
    path: "/provisioning/sites",
    summary: "Sites, their limits, and how their devices stand",
    permission: "provisioning.read",
    reply: Type.Object({ items: Type.Array(Site) }),
  }),
  putSite: route({
    method: "PUT",
    path: "/provisioning/sites/{name}",
    summary: "Makes a site or changes it; who waits learns anew where it is",
    permission: "provisioning.run",
    params: SiteName,
    body: SiteSettings,
    reply: Site,
  }),
  removeSite: route({
    method: "DELETE",
    path: "/provisioning/sites/{name}",
    summary: "Removes a site; its devices keep to no limit but the lanes' own",
    permission: "provisioning.run",
    params: SiteName,
    reply: Type.Null(),
    status: 204,
  }),
  delayed: route({
    method: "GET",
    path: "/provisioning/delayed",
    summary: "Delayed provisioning: its policy, its target, its last round, and the checks that are ignored",
    permission: "provisioning.read",
    reply: Delayed,
  }),
  changeDelayed: route({
    method: "PUT",
    path: "/provisioning/delayed",
    summary: "Changes the policy of delayed provisioning: what is not said stays",
    permission: "provisioning.run",
    body: DelayedChange,
    reply: Delayed,
  }),
  runDelayed: route({
    method: "POST",
    path: "/provisioning/delayed/rounds",
    summary: "Looks now at every device that is not provisioned; what came of it stands in the last round",
    permission: "provisioning.run",
    reply: Delayed,
  }),
  ignoreCheck: route({
    method: "POST",
    path: "/provisioning/delayed/ignored",
    summary: "Leaves a check out until a day, for a reason that is written down; never one of a device's identity",
    permission: "provisioning.run",
    body: Type.Object(
      { check: IgnorableCheck, reason: Type.String({ minLength: 3, maxLength: 300 }), endsAt: Moment },
      { additionalProperties: false },
    ),
    reply: Delayed,
  }),
  endIgnoring: route({
    method: "DELETE",
    path: "/provisioning/delayed/ignored/{id}",
    summary: "Lets a check count again before its time",
    permission: "provisioning.run",
    params: Type.Object({ id: Type.Integer() }),
    reply: Delayed,
  }),
  show: route({
    method: "GET",
    path: "/devices/{id}/provisioning",
    summary: "How a device stands in the queue, and what each of its last attempts did, newest first",
    permission: "provisioning.read",
    params: Type.Object({ id: DeviceId }),
    reply: DeviceProvisioning,
  }),
  hold: route({
    method: "PUT",
    path: "/provisioning/queue",
    summary: "Holds the queue or lets it go on; survives a restart",
    permission: "provisioning.run",
    body: Type.Object({ isHeld: Type.Boolean() }, { additionalProperties: false }),
    reply: Type.Object({ isHeld: Type.Boolean(), running: Type.Integer() }),
  }),
};
