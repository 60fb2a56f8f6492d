import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId, ErrorReport, Moment } from "./common.ts";

/** The realm of a directory: its domain's name; letter case is not told apart. */
const Realm = Type.String({ minLength: 1, maxLength: 191, pattern: "^[A-Za-z0-9._-]+$" });
const Dn = Type.String({ minLength: 1, maxLength: 512, pattern: "^[^\\u0000-\\u001f\\u007f]+$" });

/** How Vigil reaches a directory and what it does there. The password stands by itself and is never read back. */
export const DirectorySettings = Type.Object(
  {
    /** Tried in order: "ldaps://dc1.example.com", or "ldap://dc1.example.com", which Vigil asks for STARTTLS before anything else. */
    urls: Type.Array(Type.String({ minLength: 8, maxLength: 255 }), { minItems: 1, maxItems: 8 }),
    /** Where objects are looked for, e.g. "DC=example,DC=com". */
    baseDn: Dn,
    /** Vigil's own account: a distinguished name, or "vigil@example.com". */
    bindDn: Dn,
    /** Where objects go whose profile names no unit, e.g. "OU=AMT,DC=example,DC=com". */
    organizationalUnit: Dn,
    /** Where the servers' certificates come from; null: from the authorities that this machine trusts. */
    rootPem: Type.Union([Type.String({ minLength: 1, maxLength: 65_536 }), Type.Null()]),
    /** What becomes of the object of a device that is given up. */
    cleanUp: Type.Union([Type.Literal("delete"), Type.Literal("disable")]),
    /**
     * Objects also get "HTTP/name" without a port, which browsers and curl ask for. It takes that name from the machine's own operating system,
     * whose remote management may need it.
     */
    hasPortlessName: Type.Boolean(),
    /** For devices before AMT 8, which know no other encryption. */
    allowsRc4: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type DirectorySettings = Static<typeof DirectorySettings>;

export const Directory = Type.Object({
  ...DirectorySettings.properties,
  realm: Type.String(),
  /** Devices that have an object in it. */
  objects: Type.Integer(),
  changedAt: Moment,
  /** When it last did what it was asked; null before that. */
  answeredAt: Type.Union([Moment, Type.Null()]),
  failedAt: Type.Union([Moment, Type.Null()]),
  /** What went wrong last. */
  error: Type.Union([ErrorReport, Type.Null()]),
});
export type Directory = Static<typeof Directory>;

/** What is tried of a directory, in this order. */
export const directoryChecks = [
  "log-in",
  "realm",
  "base",
  "unit",
  "create",
  "password",
  "names",
  "enable",
  "key-version",
  "delete",
] as const;

/** One thing that has to hold in a directory, and whether it does. */
export const DirectoryCheck = Type.Object({
  name: Type.Enum([...directoryChecks]),
  state: Type.Enum(["passed", "failed", "skipped"]),
  /** Details name the right that is missing, and on which object. */
  error: Type.Union([ErrorReport, Type.Null()]),
});
export type DirectoryCheck = Static<typeof DirectoryCheck>;

/** A device's object in a directory. */
export const DirectoryObject = Type.Object({
  device: DeviceId,
  realm: Type.String(),
  account: Type.String(),
  dn: Type.String(),
  serviceNames: Type.Array(Type.String()),
  encryption: Type.String(),
  keyVersion: Type.Integer(),
  passwordSetAt: Moment,
  /** Whole days. */
  passwordAgeDays: Type.Integer(),
});
export type DirectoryObject = Static<typeof DirectoryObject>;

const byRealm = Type.Object({ realm: Realm });

/** Directories: Active Directory, or what behaves like it, one for each realm. */
export const directories = {
  list: route({
    method: "GET",
    path: "/directories",
    summary: "Lists the directories in which devices have objects",
    permission: "profile.read",
    reply: Type.Object({ items: Type.Array(Directory) }),
  }),
  put: route({
    method: "PUT",
    path: "/directories/{realm}",
    summary: "Adds a directory, or changes its settings; a password that is left out stays as it is",
    permission: "setup.manage",
    params: byRealm,
    body: Type.Object(
      { settings: DirectorySettings, password: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })) },
      { additionalProperties: false },
    ),
    reply: Directory,
  }),
  remove: route({
    method: "DELETE",
    path: "/directories/{realm}",
    summary: "Forgets a directory in which no device has an object",
    permission: "setup.manage",
    params: byRealm,
    reply: Type.Null(),
    status: 204,
  }),
  test: route({
    method: "POST",
    path: "/directories/{realm}/test",
    summary: "Tries all that Vigil does in a directory, on an object of its own, and names what is missing",
    permission: "setup.manage",
    params: byRealm,
    body: Type.Object(
      {
        /** Instead of the directory's own. */
        organizationalUnit: Type.Optional(Dn),
      },
      { additionalProperties: false },
    ),
    reply: Type.Object({ isGood: Type.Boolean(), checks: Type.Array(DirectoryCheck) }),
    limitMs: 90_000,
  }),
  objects: route({
    method: "GET",
    path: "/directory-objects",
    summary: "Lists the devices' objects, the oldest password first",
    permission: "device.read",
    query: Type.Object({
      realm: Type.Optional(Realm),
      device: Type.Optional(DeviceId),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    }),
    reply: Type.Object({ items: Type.Array(DirectoryObject), total: Type.Integer() }),
  }),
  removeObject: route({
    method: "DELETE",
    path: "/directory-objects/{device}",
    summary: "Takes a device's object out of its directory, or switches it off, as the directory's settings say",
    permission: "setup.manage",
    params: Type.Object({ device: DeviceId }),
    reply: Type.Null(),
    status: 204,
    limitMs: 90_000,
  }),
};
