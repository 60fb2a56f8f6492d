import type { SessionKind } from "@vigil/api/resources/sessions.ts";

/** How each kind of session is called. */
export const sessionNames = {
  sol: "Serial line",
  ider: "Disk",
  kvm: "Screen",
} as const satisfies Readonly<Record<SessionKind, string>>;

/** The tab of a device's page that shows it. */
export const sessionTabs = {
  sol: "serial",
  ider: "disk",
  kvm: "screen",
} as const satisfies Readonly<Record<SessionKind, string>>;
