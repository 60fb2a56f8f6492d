import {
  firmwareRoots,
  type Answer,
  type DeviceKnowledge,
  type Judged,
  type Reason,
  type SetupCertificate,
  type TrustedHash,
} from "../credentials/credentials.ts";

/** Devices about which the same is known, so that all of them would say the same. */
export interface DeviceKind {
  readonly knowledge: DeviceKnowledge;
  readonly devices: number;
  /** The uuid of one of them. */
  readonly example: string;
}

/** A kind of device, and what it would say to each certificate, the best first. */
export interface JudgedKind {
  readonly kind: DeviceKind;
  readonly judged: readonly Judged[];
}

/** What stands in the way: of the roots, what is wrong with them; else the reason of the verdict that comes nearest. */
export type Obstacle = "no-hello" | "no-roots" | "expired-roots" | "other-roots" | "name" | "release" | "dates";

export interface Counts {
  readonly devices: number;
  /** A certificate is accepted, by all that is known. */
  readonly covered: number;
  /** One may be accepted: something is not known. */
  readonly uncertain: number;
  readonly uncovered: number;
}

/** Devices that no certificate surely sets up, for the same cause. */
export interface Gap {
  readonly obstacle: Obstacle;
  /** "no" or "unknown". */
  readonly answer: Exclude<Answer, "yes">;
  readonly devices: number;
  readonly examples: readonly string[];
  /** Of the kind with the most devices. */
  readonly found: string;
  readonly expected: string;
  readonly next: string;
}

/** Which setup certificate sets up how many devices, and why none does for the rest. */
export interface Coverage extends Counts {
  readonly certificates: readonly {
    readonly certificate: SetupCertificate;
    readonly answers: Readonly<Record<Answer, number>>;
  }[];
  /** Most devices first. */
  readonly gaps: readonly Gap[];
  /** By the first number of the release, oldest first; null before a device has told. */
  readonly releases: readonly (Counts & { readonly release: string | null })[];
}

const mostExamples = 5;

/** @param now milliseconds since 1970 */
export function coverageOf(kinds: readonly JudgedKind[], now: number): Coverage {
  const releases = new Map<string | null, Counts>();
  const certificates = new Map<string, { certificate: SetupCertificate; answers: Record<Answer, number> }>();
  const gaps = new Map<string, Gap>();
  let total: Counts = nothing;
  for (const { kind, judged } of kinds.toSorted((one, other) => other.kind.devices - one.kind.devices)) {
    const { devices, knowledge } = kind;
    const [best] = judged;
    const answer = best?.verdict.answer ?? "no";
    const release = knowledge.release?.split(".")[0] ?? null;
    total = plus(total, answer, devices);
    releases.set(release, plus(releases.get(release) ?? nothing, answer, devices));
    for (const { certificate, verdict } of judged) {
      const row = certificates.get(certificate.id) ?? { certificate, answers: { yes: 0, no: 0, unknown: 0 } };
      row.answers[verdict.answer] += devices;
      certificates.set(certificate.id, row);
    }
    if (answer === "yes") continue;
    const reason = best?.verdict.reasons.find((one) => one.answer === answer);
    const obstacle = obstacleOf(reason, knowledge.rootHashes, now);
    const key = `${answer} ${obstacle}`;
    gaps.set(key, joined(gaps.get(key), { obstacle, answer, kind, reason }));
  }
  return {
    ...total,
    certificates: [...certificates.values()].sort((one, other) => other.answers.yes - one.answers.yes),
    gaps: [...gaps.values()].sort((one, other) => other.devices - one.devices),
    releases: [...releases]
      .map(([release, counts]) => ({ release, ...counts }))
      .sort((one, other) => Number(one.release ?? Infinity) - Number(other.release ?? Infinity)),
  };
}

const nothing: Counts = { devices: 0, covered: 0, uncertain: 0, uncovered: 0 };

function plus(counts: Counts, answer: Answer, devices: number): Counts {
  return {
    devices: counts.devices + devices,
    covered: counts.covered + (answer === "yes" ? devices : 0),
    uncertain: counts.uncertain + (answer === "unknown" ? devices : 0),
    uncovered: counts.uncovered + (answer === "no" ? devices : 0),
  };
}

function joined(
  before: Gap | undefined,
  one: { obstacle: Obstacle; answer: Gap["answer"]; kind: DeviceKind; reason: Reason | undefined },
): Gap {
  const { obstacle, answer, kind, reason } = one;
  if (before !== undefined) {
    const examples = [...before.examples, kind.example].slice(0, mostExamples);
    return { ...before, devices: before.devices + kind.devices, examples };
  }
  const { found = "there is no setup certificate", expected = "", next = "Add a setup certificate" } = reason ?? {};
  return { obstacle, answer, devices: kind.devices, examples: [kind.example], found, expected, next };
}

function obstacleOf(reason: Reason | undefined, listed: readonly TrustedHash[] | null, now: number): Obstacle {
  if (reason !== undefined && reason.id !== "root") return reason.id;
  if (listed === null) return "no-hello";
  if (listed.length === 0) return "no-roots";
  const hasEnded = ({ hash }: TrustedHash): boolean => (firmwareRoots.get(hash)?.expiresAt ?? Infinity) <= now;
  return listed.every(hasEnded) ? "expired-roots" : "other-roots";
}
