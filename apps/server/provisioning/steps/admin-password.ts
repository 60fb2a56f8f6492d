import { difference, usualLimitMs, type Site, type Step } from "./step.ts";

/**
 * Gives the device an admin password of its own, or the one that its profile says for all; and the other kind when the profile changes its mind.
 *
 * Where a crash may fall, and why the device stays open to us:
 *   before the transaction   nothing has happened.
 *   after it, before the request   the secret is pending and the device has the factory's password. The next meeting tries
 *                            the pending one in vain, then the factory's, and this step sets the same pending one.
 *   after the request, answer lost   the device has the pending secret; so does the database. The next meeting opens with it.
 *   before "applied" is stored   the same.
 * A pending secret is never replaced by a new one, or the third case would lock us out.
 */
export const adminPassword: Step = {
  name: "admin-password",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "setting",
  // What opened the device tells what it has; asking it would tell only whether it is still the factory's.
  async compare(_device, profile, site) {
    const { openedWith, way } = site;
    const isSet =
      openedWith === "applied" || openedWith === "pending" || (way === "runtime" && openedWith === "confirmed");
    if (!isSet) return "due";
    // In setup a pending secret is set again as it is; what its kind should have been is seen once the device is set up.
    if (way === "setup") return [];
    const isFixed = await hasFixedPassword(site);
    if (isFixed === undefined) return [];
    const wanted = profile.adminPassword.kind;
    return difference("adminPassword.kind", isFixed ? "fixed" : "random", wanted);
  },
  async apply(device, _profile, { names, calls, credentials, fixedPassword, transaction }) {
    const { secret } = await transaction((tx) =>
      credentials.nextSecret(tx, names.uuid, "admin-password", fixedPassword),
    );
    await device.accounts.setAdminPassword(secret.open("set on the device"), calls);
    await transaction((tx) => credentials.applied(tx, names.uuid, "admin-password"));
  },
};

/**
 * Whether the device has the password that the profile has for all; undefined when the profile has none and never had one. A random one that
 * was fixed before is thereby replaced, as long as the profile remembers it.
 */
async function hasFixedPassword({
  names,
  credentials,
  fixedPassword,
  formerFixedPassword,
}: Site): Promise<boolean | undefined> {
  const fixed = fixedPassword ?? (await formerFixedPassword());
  if (fixed === undefined) return undefined;
  return credentials.isCurrent(names.uuid, "admin-password", fixed);
}
