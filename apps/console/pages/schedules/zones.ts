/** The time zone of whoever looks. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Time zones to choose from: one's own first, then UTC, then all others. @param chosen is among them, whatever the browser knows */
export function timeZones(chosen: string): string[] {
  return [...new Set([ownZone(), "UTC", chosen, ...Intl.supportedValuesOf("timeZone")])];
}
