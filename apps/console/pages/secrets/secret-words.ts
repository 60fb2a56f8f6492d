import type { DeviceSecret } from "@vigil/api/resources/secrets.ts";

/** What a secret is called in a sentence. */
export function secretName(kind: DeviceSecret["kind"]): string {
  if (kind === "admin-password") return "admin password";
  if (kind === "mebx-password") return "MEBx password";
  if (kind === "directory-password") return "password of its object in the directory";
  return `password of the account ${kind.slice("account/".length)}`;
}

/** How far a secret has come, in words. */
export const stateWords: Readonly<Record<DeviceSecret["state"], string>> = {
  pending: "stored, the device not told yet",
  applied: "the device took it, not proven yet",
  confirmed: "in use",
  previous: "the one before",
};
