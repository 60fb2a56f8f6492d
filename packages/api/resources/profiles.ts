import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { Moment } from "./common.ts";
import { ProfileSettings } from "./profile-settings.ts";

/** Something about a profile that an operator should know before devices get it. */
export const ProfileRemark = Type.Object({
  /** Dotted path of the setting: "tls.mode". */
  setting: Type.String(),
  /** "refused": devices of such a release cannot have it; "warning": they can, and it is unwise. */
  weight: Type.Union([Type.Literal("refused"), Type.Literal("warning")]),
  text: Type.String(),
  /** How many devices of the profile it is about; absent where it is about them all. */
  devices: Type.Optional(Type.Integer()),
});
export type ProfileRemark = Static<typeof ProfileRemark>;

/** Desired configuration of a device, in its newest version. */
export const Profile = Type.Object({
  name: Type.String(),
  version: Type.Integer(),
  /** What a device gets that no rule gives another. */
  isDefault: Type.Boolean(),
  settings: ProfileSettings,
  changedAt: Moment,
  changedBy: Type.String(),
  note: Type.Union([Type.String(), Type.Null()]),
  /** Devices that this profile is for, and how many of them have an older version of it. */
  devices: Type.Integer(),
  outdated: Type.Integer(),
  remarks: Type.Array(ProfileRemark),
  /** The secrets that the settings call for; never their values. */
  secrets: Type.Array(
    Type.Object({ name: Type.String(), isSet: Type.Boolean(), changedAt: Type.Union([Moment, Type.Null()]) }),
  ),
});
export type Profile = Static<typeof Profile>;

export const ProfileVersion = Type.Object({
  version: Type.Integer(),
  settings: ProfileSettings,
  changedAt: Moment,
  changedBy: Type.String(),
  note: Type.Union([Type.String(), Type.Null()]),
});
export type ProfileVersion = Static<typeof ProfileVersion>;

/** One setting that differs between two versions. */
export const ProfileChange = Type.Object({
  /** Dotted path; an entry of a list by its name: "network.wifiProfiles[office].ssid". */
  setting: Type.String(),
  /** As JSON text; null where there is none. */
  before: Type.Union([Type.String(), Type.Null()]),
  after: Type.Union([Type.String(), Type.Null()]),
});
export type ProfileChange = Static<typeof ProfileChange>;

const Name = Type.String({ minLength: 1, maxLength: 60, pattern: "^[^/\\u0000-\\u001f]+$" });
const Note = Type.Optional(Type.String({ maxLength: 500 }));
const Version = Type.Integer({ minimum: 1, maximum: 1_000_000 });
const byName = Type.Object({ name: Name });

export const profiles = {
  list: route({
    method: "GET",
    path: "/profiles",
    summary: "Lists profiles, each in its newest version",
    permission: "profile.read",
    reply: Type.Object({ items: Type.Array(Profile) }),
  }),
  show: route({
    method: "GET",
    path: "/profiles/{name}",
    summary: "One profile",
    permission: "profile.read",
    params: byName,
    reply: Profile,
  }),
  versions: route({
    method: "GET",
    path: "/profiles/{name}/versions",
    summary: "All versions of a profile, newest first",
    permission: "profile.read",
    params: byName,
    reply: Type.Object({ items: Type.Array(ProfileVersion) }),
  }),
  diff: route({
    method: "GET",
    path: "/profiles/{name}/diff",
    summary: "What differs between two versions of a profile",
    permission: "profile.read",
    params: byName,
    query: Type.Object({ from: Version, to: Version }),
    reply: Type.Object({ changes: Type.Array(ProfileChange) }),
  }),
  check: route({
    method: "POST",
    path: "/profiles/check",
    summary:
      "What is unwise about settings, or impossible on a firmware release or in a control mode; nothing is stored",
    permission: "profile.read",
    body: Type.Object(
      {
        settings: ProfileSettings,
        release: Type.Optional(Type.String({ pattern: "^[0-9]+(\\.[0-9]+){0,3}$" })),
        controlMode: Type.Optional(Type.Union([Type.Literal("client"), Type.Literal("admin")])),
        /** Also what the devices of this profile cannot have, by their releases and control modes, with how many they are. */
        devicesOf: Type.Optional(Name),
      },
      { additionalProperties: false },
    ),
    reply: Type.Object({ remarks: Type.Array(ProfileRemark) }),
  }),
  create: route({
    method: "POST",
    path: "/profiles",
    summary: "Makes a profile",
    permission: "profile.write",
    body: Type.Object({ name: Name, settings: ProfileSettings, note: Note }, { additionalProperties: false }),
    reply: Profile,
    status: 201,
  }),
  change: route({
    method: "PUT",
    path: "/profiles/{name}",
    summary: "Stores a new version; refused when somebody else has stored one since `basedOn`",
    permission: "profile.write",
    params: byName,
    body: Type.Object({ basedOn: Version, settings: ProfileSettings, note: Note }, { additionalProperties: false }),
    reply: Profile,
  }),
  rollBack: route({
    method: "POST",
    path: "/profiles/{name}/roll-back",
    summary: "Makes an older version the newest again, as a new version",
    permission: "profile.write",
    params: byName,
    body: Type.Object({ to: Version, note: Note }, { additionalProperties: false }),
    reply: Profile,
  }),
  makeDefault: route({
    method: "POST",
    path: "/profiles/{name}/default",
    summary: "Makes it the profile of devices that no rule gives another",
    permission: "profile.write",
    params: byName,
    reply: Profile,
  }),
  setSecret: route({
    method: "PUT",
    path: "/profiles/{name}/secrets",
    summary: "Sets a secret that the settings call for; it is never read back",
    permission: "profile.write",
    params: byName,
    body: Type.Object(
      { secret: Type.String({ minLength: 1, maxLength: 300 }), value: Type.String({ minLength: 1, maxLength: 256 }) },
      { additionalProperties: false },
    ),
    reply: Profile,
  }),
  remove: route({
    method: "DELETE",
    path: "/profiles/{name}",
    summary: "Removes a profile that is not the default one and that no device has",
    permission: "profile.write",
    params: byName,
    reply: Type.Null(),
    status: 204,
  }),
};
