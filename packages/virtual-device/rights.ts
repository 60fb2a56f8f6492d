import { realms } from "./behavior.ts";
import type { Caller, Firmware } from "./firmware.ts";

/** Whether the account that asks holds the realm; the admin holds them all. */
export function holdsRealm(firmware: Firmware, caller: Caller, realm: number): boolean {
  const { adminName, users, controlMode } = firmware.state;
  // A device that its user rules has neither. @source protocols B.1 "CCM restrictions"; how it says so UNVERIFIED
  const isAdmins = realm === realms.auditLog || realm === realms.circuitBreaker;
  if (isAdmins && controlMode === "client") return false;
  const { sid, admittedBy = [sid] } = caller;
  // A user of several groups has the rights of all of them. UNVERIFIED
  const own = users.filter((one) =>
    sid === undefined ? one.name === caller.username : one.sid !== undefined && admittedBy.includes(one.sid),
  );
  if (own.some((user) => user.realms.includes(realm))) return true;
  // Who administers everything does not audit as well, once somebody does. @source protocols B.11 "Realm 3"
  if (realm === realms.auditLog && users.some((one) => one.realms.includes(realms.auditLog))) return false;
  // The admin logs in by digest alone. @source SDK "Authentication Options"
  const isAdmin = sid === undefined && caller.username === adminName;
  return isAdmin || own.some((user) => user.realms.includes(realms.administration));
}
