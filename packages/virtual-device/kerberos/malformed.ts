import { fail } from "../errors.ts";

/** What cannot be read. @param reason for whoever tests the device; a client is told nothing */
export function malformed(reason: string): Error {
  return fail("virtual.kerberos.malformed", { details: { reason } });
}
