import { ha1 } from "@vigil/wire/digest.ts";

/**
 * What firmware keeps of a password, for a device that gets it in another way than from us.
 * @param realm the device's own, e.g. "Digest:A3829B3827DE4D33D4449B366831FD01" @returns 32 hexadecimal digits @source protocols B.1 "HA1 forms"
 */
export function passwordDigest(username: string, realm: string, password: string): string {
  return ha1(username, realm, password);
}
