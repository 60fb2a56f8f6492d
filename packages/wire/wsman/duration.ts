const form = /^P(?=\d|T)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
/** A million days: milliseconds stay exact, and nobody waits that long. */
const longestMs = 86_400_000_000_000;

/** Reads an xs:duration such as PT60S or P0DT0H1M0S. @returns milliseconds; undefined when it is none, has years or months, or is too long */
export function parseDuration(text: string): number | undefined {
  const match = form.exec(text.trim());
  if (match === null || match[1] !== undefined || match[2] !== undefined) return undefined;
  const [days, hours, minutes, seconds] = match.slice(3).map((part) => Number(part ?? 0));
  const ms = ((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000;
  return ms <= longestMs ? ms : undefined;
}

/** Writes PT…S. @param ms milliseconds, rounded to whole seconds upward */
export function formatDuration(ms: number): string {
  return `PT${Math.ceil(ms / 1000)}S`;
}
