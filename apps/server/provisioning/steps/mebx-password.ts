import { VigilError } from "@vigil/base/errors.ts";
import { usualLimitMs, type Step } from "./step.ts";

/** Firmware that does not let it be set from afar says so with one of these. @source protocols B.1 "SetMEBxPassword", A.13 */
const refusals: ReadonlySet<unknown> = new Set(["not-permitted", "unsupported", "invalid-mode", "disabled-by-policy"]);

/**
 * Replaces the factory's password of the firmware's menu on the machine by a random one, if the device lets.
 *
 * Nobody can log in with it over the network, so it cannot be tried: it counts as applied when the device says so. When that
 * answer is lost, the next meeting sets the same pending secret again.
 */
export const mebxPassword: Step = {
  name: "mebx-password",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "course",
  async compare(_device, _profile, { names, way, credentials }) {
    // It can be set only until the setup is committed.
    if (way === "runtime") return [];
    const [likeliest] = await credentials.secretsOf(names.uuid, "mebx-password");
    return likeliest?.state === "applied" ? [] : "due";
  },
  async apply(device, _profile, { names, calls, credentials, transaction }) {
    const { secret } = await transaction((tx) => credentials.nextSecret(tx, names.uuid, "mebx-password"));
    try {
      await device.setup.setMebxPassword(secret.open("set on the device"), calls);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // The secret stays pending: an earlier try whose answer was lost may have set it after all.
      return;
    }
    await transaction((tx) => credentials.applied(tx, names.uuid, "mebx-password"));
  },
};

function isRefusal(error: unknown): boolean {
  return error instanceof VigilError && error.code === "amt.setup.refused" && refusals.has(error.details["status"]);
}
