import { Type, type Static } from "typebox";

/** An account beside the admin, as the firmware lists it. There is never a password in it. */
export const StoredAccount = Type.Object({
  /** The firmware's number for it. */
  handle: Type.Integer(),
  kind: Type.Union([Type.Literal("digest"), Type.Literal("kerberos")]),
  /** The name, or the security identifier, S-1-5-…. */
  name: Type.String(),
  /** A number for a realm that we do not know. */
  realms: Type.Array(Type.String()),
  /** "local", "network" or "any"; a number for what we do not know. */
  from: Type.String(),
  isEnabled: Type.Boolean(),
  /** The firmware brought it along. */
  isFirmwares: Type.Boolean(),
});
export type StoredAccount = Static<typeof StoredAccount>;

/** Who may log in to a device, as it was read. */
export const StoredAccounts = Type.Object({
  admin: Type.Object({ name: Type.String(), hasFactoryPassword: Type.Boolean() }),
  items: Type.Array(StoredAccount),
});
export type StoredAccounts = Static<typeof StoredAccounts>;

/**
 * Whose an account is. "vigil": the device's profile names it, or Vigil keeps its password; "firmware": it came with the firmware; "foreign":
 * somebody else put it there.
 */
export const AccountOwner = Type.Union([Type.Literal("vigil"), Type.Literal("firmware"), Type.Literal("foreign")]);
export type AccountOwner = Static<typeof AccountOwner>;

export const DeviceAccount = Type.Object({
  ...StoredAccount.properties,
  owner: AccountOwner,
  /** What people call it where the profile says so: of a Kerberos user or group. */
  label: Type.Union([Type.String(), Type.Null()]),
});
export type DeviceAccount = Static<typeof DeviceAccount>;

export const DeviceAccounts = Type.Object({
  admin: StoredAccounts.properties.admin,
  items: Type.Array(DeviceAccount),
});
export type DeviceAccounts = Static<typeof DeviceAccounts>;
