import { VigilError } from "@vigil/base/errors.ts";
import type { DeviceRecord } from "../devices/devices.ts";
import type { DeviceSecret } from "../credentials/credentials.ts";
import { fail } from "./errors.ts";

/**
 * A device in setup lets us in with the factory's password, and one that was ever ours with one of Vigil's. One that does neither, and was never ours,
 * belongs to somebody else. No firmware says so before a login: all that is known is what it shows, and that goes into the details.
 * @returns the error to go on with
 */
export function foreignOr(error: unknown, device: DeviceRecord, secrets: readonly DeviceSecret[]): unknown {
  const isShutOut = error instanceof VigilError && error.code === "provisioning.login.lost";
  // Even a pending one counts: the device may have it from a setup that broke off, and have been given another since.
  const wasOurs = device.provisionedAt !== null || secrets.length > 0;
  if (!isShutOut || wasOurs) return error;
  return fail("provisioning.device.foreign", { details: { ...error.details, device: device.uuid }, cause: error });
}
