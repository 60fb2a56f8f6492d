import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId, ErrorReport, Moment } from "./common.ts";

/** What a boot can lead to, and what that is in words. */
export const bootTargets = {
  "bios-setup": "BIOS setup",
  network: "the network (PXE)",
  disk: "the machine's own disk",
  cd: "the CD or DVD in the machine",
  image: "an image of the library",
} as const;
export type BootTarget = keyof typeof bootTargets;

/** What a boot starts from, in words: an image by its name; without one it is the disk that somebody lends in a session. */
export function bootSource({
  to,
  image,
}: {
  readonly to: BootTarget;
  readonly image: { readonly name: string } | null;
}): string {
  if (image !== null) return image.name;
  return to === "image" ? "the CD that is lent to it" : bootTargets[to];
}
// Object.keys widens to string; the table above is closed.
const targetNames = Object.keys(bootTargets) as readonly BootTarget[];

/** Where a boot stands; see apps/server/boots/boot.ts. */
export const bootStates = ["arranging", "telling", "waiting", "running", "returning", "ended"] as const;
/**
 * How it ended: the machine has started as wanted; somebody ended it; another boot took its place; it failed; the server died in its midst; or
 * nobody knows whether the machine started so.
 */
export const bootOutcomes = ["started", "stopped", "replaced", "failed", "interrupted", "unknown"] as const;

/** One boot of one device that is arranged from afar. */
export const Boot = Type.Object({
  id: Type.String({ format: "uuid" }),
  device: DeviceId,
  to: Type.Enum(targetNames),
  /** The library's image that it starts from; null also when it is lent one in a session. */
  image: Type.Union([Type.Object({ name: Type.String(), bytes: Type.Integer(), sha256: Type.String() }), Type.Null()]),
  /** What the BIOS says goes to the serial line. */
  showsOnSerial: Type.Boolean(),
  /** When it ends, the machine is restarted from its own disk; or switched off, if it was off before. */
  returns: Type.Boolean(),
  state: Type.Enum([...bootStates]),
  outcome: Type.Union([Type.Enum([...bootOutcomes]), Type.Null()]),
  /** What went wrong last; a boot that is returning goes on trying. */
  error: Type.Union([ErrorReport, Type.Null()]),
  askedBy: Type.String(),
  askedAt: Moment,
  /** When the machine was seen to have started with it. */
  startedAt: Type.Union([Moment, Type.Null()]),
  endedAt: Type.Union([Moment, Type.Null()]),
  /** Of the image, as far as the machine has read from it. */
  progress: Type.Union([
    Type.Object({
      bytesRead: Type.Integer(),
      bytesPerSecond: Type.Integer(),
      /** Until as much has been read as the image has; null while nothing is read. */
      secondsLeft: Type.Union([Type.Integer(), Type.Null()]),
    }),
    Type.Null(),
  ]),
});
export type Boot = Static<typeof Boot>;

const byBoot = Type.Object({ id: Type.String({ format: "uuid" }) });

/** Boots: what a device starts from next, once, and the safe return afterwards. */
export const boots = {
  look: route({
    method: "GET",
    path: "/devices/{id}/boot",
    summary: "Reads from the device what it can start from, and whether something is arranged",
    permission: "device.read",
    params: Type.Object({ id: DeviceId }),
    reply: Type.Object({
      /** What the platform has; an image needs that and redirection switched on. */
      supported: Type.Array(Type.Enum(targetNames)),
      /** Options of anybody wait for the next start. */
      isPending: Type.Boolean(),
      power: Type.String(),
    }),
  }),
  begin: route({
    method: "POST",
    path: "/devices/{id}/boots",
    summary: "Has the device start once from somewhere else: arranges it, then restarts it or switches it on",
    permission: "device.boot",
    params: Type.Object({ id: DeviceId }),
    body: Type.Object(
      {
        to: Type.Enum(targetNames),
        /** The library's image, when it starts from one. */
        image: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
        /** Instead of the library's: the CD that somebody lends the device now, in a session of its disk. Whoever lends it takes it out. */
        isLent: Type.Optional(Type.Boolean()),
        showsOnSerial: Type.Optional(Type.Boolean()),
        returns: Type.Optional(Type.Boolean()),
        reason: Type.Optional(Type.String({ maxLength: 500 })),
      },
      { additionalProperties: false },
    ),
    reply: Boot,
    status: 201,
    limitMs: 120_000,
  }),
  end: route({
    method: "POST",
    path: "/boots/{id}/end",
    summary: "Ends a boot: takes the image away and what was arranged back, and returns the machine if asked to",
    permission: "device.boot",
    params: byBoot,
    body: Type.Object(
      {
        /** Instead of what was asked for at the beginning. */
        returns: Type.Optional(Type.Boolean()),
      },
      { additionalProperties: false },
    ),
    reply: Boot,
    limitMs: 120_000,
  }),
  show: route({
    method: "GET",
    path: "/boots/{id}",
    summary: "Shows one boot",
    permission: "device.read",
    params: byBoot,
    reply: Boot,
  }),
  list: route({
    method: "GET",
    path: "/boots",
    summary: "Lists boots, the newest first",
    permission: "device.read",
    query: Type.Object({
      device: Type.Optional(DeviceId),
      /** Those that have not ended. */
      isOpen: Type.Optional(Type.Boolean()),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    }),
    reply: Type.Object({ items: Type.Array(Boot) }),
  }),
};
