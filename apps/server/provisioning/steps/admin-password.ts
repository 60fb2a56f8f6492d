import { usualLimitMs, type Step } from "./step.ts";

/**
 * Gives the device an admin password of its own, or the one that its profile says for all.
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
  kind: "course",
  // What opened the device tells what it has; asking it would tell only whether it is still the factory's.
  compare: (_device, _profile, { openedWith, way }) => {
    const isSet =
      openedWith === "applied" || openedWith === "pending" || (way === "runtime" && openedWith === "confirmed");
    return Promise.resolve(isSet ? [] : "due");
  },
  async apply(device, _profile, { names, calls, credentials, fixedPassword, transaction }) {
    const { secret } = await transaction((tx) =>
      credentials.nextSecret(tx, names.uuid, "admin-password", fixedPassword),
    );
    await device.accounts.setAdminPassword(secret.open("set on the device"), calls);
    await transaction((tx) => credentials.applied(tx, names.uuid, "admin-password"));
  },
};
