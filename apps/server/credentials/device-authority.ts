/** "own": Vigil made its root. "outside": a company's authority signed Vigil's request. */
export type AuthorityKind = "own" | "outside";

/**
 * draft -> waiting (its key and request are made) -> ready (the signed chain came and is good) -> in-use -> retired (another one is
 * in use). An own one begins as ready. A retired one may be put to use again; the others may be removed before they ever were.
 */
export type AuthorityState = "draft" | "waiting" | "ready" | "in-use" | "retired";

/** One authority that issues the devices' certificates, as it may be shown. */
export interface DeviceAuthority {
  readonly id: string;
  readonly name: string;
  readonly kind: AuthorityKind;
  readonly state: AuthorityState;
  readonly commonName: string;
  readonly organization: string;
  /** Issuing certificate first, root last; null before it is ready. */
  readonly chainPem: string | null;
  /** PKCS#10, of an outside one that has been asked for. */
  readonly requestPem: string | null;
  /** The one whose place it took without anything changing for devices: its certificates stay as good. */
  readonly renews: string | null;
  /** When the first certificate of its chain ends. */
  readonly expiresAt: Date | null;
  readonly madeAt: Date;
  readonly changedAt: Date;
}

/** How many days before its end people are told, each once; 0: it has ended. Chosen. */
export const authorityWarningDays = [90, 30, 7, 0] as const;

/** The sharpest warning that is due; undefined when its end is far. @param nowMs milliseconds since 1970 */
export function warningDue(expiresAt: Date, nowMs: number): number | undefined {
  const daysLeft = (expiresAt.getTime() - nowMs) / 86_400_000;
  return authorityWarningDays.findLast((days) => daysLeft <= days);
}

/** The certificates of a PEM text, each by itself. */
export function blocksOf(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\n?/g) ?? [];
}

/** All but the root: what goes along with a certificate. Nothing when the root signs by itself. */
export function issuersIn(chainPem: string): readonly string[] {
  return blocksOf(chainPem).slice(0, -1);
}

/** The ids of those whose certificates are as good as those of the one in use: itself, and the ones that it renews. */
export function lineageOf(
  current: string,
  all: ReadonlyMap<string, Pick<DeviceAuthority, "renews">>,
): ReadonlySet<string> {
  const lineage = new Set<string>();
  for (let id: string | null = current; id !== null && !lineage.has(id); id = all.get(id)?.renews ?? null) {
    lineage.add(id);
  }
  return lineage;
}
