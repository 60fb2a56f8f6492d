import { VigilError } from "@vigil/base/errors.ts";
import { fail } from "../errors.ts";
import { usualLimitMs, type Site, type Step } from "./step.ts";

/**
 * Compares the one-time password that the device names with the one that Vigil made for it, before the device is told anything. A wrong one is
 * refused even where none is required: somebody gave the device one that is not Vigil's. Firmware itself does not care. @source protocols C.7
 *
 * From inside its machine there is nothing to prove: who is there could have read it.
 */
export const oneTimePassword: Step = {
  name: "one-time-password",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "course",
  compare: (_device, profile, { way, notes }) =>
    Promise.resolve(
      way === "runtime" || notes.isAtHost || notes.isOneTimeIgnored || profile.otp === "off" ? [] : "due",
    ),
  async apply(device, profile, site) {
    const { names, calls } = site;
    const named = await device.setup.oneTimePassword(calls);
    if (named !== undefined) return prove(site, named);
    if (profile.otp === "required") throw fail("provisioning.otp.missing", { details: { device: names.uuid } });
  },
};

async function prove({ names, credentials, transaction }: Site, named: string): Promise<void> {
  const verdict = await transaction((tx) => credentials.oneTime.prove(tx, names.uuid, named));
  if (verdict !== "right") throw fail(`provisioning.otp.${verdict}`, { details: { device: names.uuid } });
}

/** Whether an error says that a device's one-time password was refused. */
export function isOneTimeRefusal(error: unknown): boolean {
  return error instanceof VigilError && error.code.startsWith("provisioning.otp.");
}
