import { VigilError } from "@vigil/base/errors.ts";
import { fail as failDevices } from "../errors.ts";
import { fail } from "./errors.ts";
import { fixedPassword } from "./fixed-password.ts";
import { meetAtRuntime } from "./meeting.ts";
import type { CourseDeps } from "./course.ts";

/** "finished": the device had a new password already, from a rotation that was interrupted; now it is confirmed. */
export type Rotated = "rotated" | "finished";

/** Meetings of one rotation: to set it, to prove it, and once more when the answer in between was lost. */
const mostMeetings = 3;

/**
 * Gives a provisioned device a new admin password.
 *
 * pending (stored) -> set on the device -> applied -> a new connection logs in with it -> confirmed; the old one is the previous, kept
 * until the next confirmation. Wherever this stops, the next meeting finds out which of them opens the device: a new
 * one that does is confirmed, else the same pending one is set again. Repeated, it does no harm. Logins are tried in the order in
 * which they are likely, few enough not to lock the device (meeting.ts).
 * @throws devices.state.wrong (caller), provisioning.login.lost, provisioning.rotation.not-taken (device), amt.*, wsman.*
 */
export async function rotate(deps: CourseDeps, uuid: string, signal: AbortSignal): Promise<Rotated> {
  const { devices, credentials, postgres } = deps;
  const { state, address, channel, profile } = await devices.get(uuid);
  if (state !== "provisioned") {
    throw failDevices("devices.state.wrong", { details: { device: uuid, state, needed: "provisioned" } });
  }
  const fixed = await fixedPassword(deps, profile);
  for (let meetings = 1; meetings <= mostMeetings; meetings += 1) {
    const { device, openedWith } = await meetAtRuntime(deps, { uuid, address, channel, signal });
    try {
      if (openedWith === "pending" || openedWith === "applied") {
        await postgres.transaction((tx) => credentials.confirm(tx, uuid, "admin-password"));
        return meetings === 1 ? "finished" : "rotated";
      }
      const { secret } = await postgres.transaction((tx) => credentials.nextSecret(tx, uuid, "admin-password", fixed));
      await device.accounts.setAdminPassword(secret.open("set on the device"), { signal });
      await postgres.transaction((tx) => credentials.applied(tx, uuid, "admin-password"));
    } catch (error) {
      // Whether the device took it the next meeting tells.
      if (!(error instanceof VigilError) || error.code !== "amt.outcome.unknown" || signal.aborted) throw error;
    } finally {
      device.close();
    }
  }
  throw fail("provisioning.rotation.not-taken", { details: { device: uuid, meetings: mostMeetings } });
}
