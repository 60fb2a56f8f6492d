/** When something is part of the firmware: first and last release, e.g. "11.0". */
export interface Lifetime {
  readonly since?: string;
  readonly until?: string;
}

/**
 * Whether a firmware release has it. A last release counts with all its updates: until "17.0" holds for 17.2.
 * The releases that the model names are UNVERIFIED where the class catalogue does not tell them.
 * @param release e.g. "16.1.25"
 */
export function exists({ since, until }: Lifetime, release: string): boolean {
  if (since !== undefined && compareReleases(release, since) < 0) return false;
  return until === undefined || majorOf(release) <= majorOf(until);
}

/** Below 0 when `a` is the older one. Parts that one of them lacks count as 0. */
export function compareReleases(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let part = 0; part < Math.max(left.length, right.length); part += 1) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function majorOf(release: string): number {
  return Number(release.split(".")[0]);
}
