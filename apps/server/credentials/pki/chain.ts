import type { KeyObject, X509Certificate } from "node:crypto";

/** The certificates of an upload, put in order. */
export interface Chain {
  /** Leaf first; each is signed by the next, as far as the certificates go. */
  readonly members: readonly [X509Certificate, ...X509Certificate[]];
  /** Those of the upload that are no part of it. */
  readonly leftOut: readonly X509Certificate[];
  /** The last one has signed itself. */
  readonly isComplete: boolean;
  /** As it came: nothing had to be moved or left out. */
  readonly wasInOrder: boolean;
  /** More than one certificate belongs to the key: which one is meant cannot be told. */
  readonly rivals: readonly X509Certificate[];
}

/**
 * Finds the leaf and its way up to a root. Where there are several ways, as with roots that are signed by an older root
 * too, the one to a root that `isPreferred` wins, then the shorter one.
 */
export function chainOf(
  certificates: readonly [X509Certificate, ...X509Certificate[]],
  key: KeyObject | undefined,
  isPreferred: (root: X509Certificate) => boolean,
): Chain {
  const given = unique(certificates);
  // Who has signed another of them is no leaf, even when the key is its own.
  const ends = given.filter((one) => isEnd(one, given));
  const candidates = key === undefined ? [] : ends.filter((one) => one.checkPrivateKey(key));
  const leaf = candidates[0] ?? ends[0] ?? certificates[0];
  const ways = waysUp([leaf], issuersIn(given));
  const rank = (way: readonly X509Certificate[]): number => {
    const root = way.at(-1);
    const isRooted = root !== undefined && isSignedBy(root, root);
    return (isRooted ? 0 : 100) + (root !== undefined && isPreferred(root) ? 0 : 50) + way.length;
  };
  // The longest of incomplete ways says most about what is missing.
  const incompleteLast = (one: readonly X509Certificate[], other: readonly X509Certificate[]): number =>
    rank(one) >= 100 && rank(other) >= 100 ? other.length - one.length : rank(one) - rank(other);
  const [best = []] = ways.sort(incompleteLast);
  const members: Chain["members"] = [leaf, ...best.slice(1)];
  const last = members.at(-1) ?? leaf;
  return {
    members,
    leftOut: given.filter((one) => !members.includes(one)),
    isComplete: isSignedBy(last, last),
    wasInOrder: given.length === members.length && members.every((one, index) => one === given[index]),
    rivals: candidates.length > 1 ? candidates : [],
  };
}

/** True when `other` has signed `one`, and bears the name that `one` gives its issuer. */
export function isSignedBy(one: X509Certificate, other: X509Certificate): boolean {
  try {
    return one.issuer === other.subject && one.verify(other.publicKey);
  } catch {
    // A kind of key or signature that is not known proves nothing.
    return false;
  }
}

type Issuers = ReadonlyMap<X509Certificate, readonly X509Certificate[]>;

/** Issuers of one certificate that are looked at. Chosen: a root and the same one signed by an older root are two. */
const mostIssuers = 3;
/** Chosen: twice what firmware takes, so that the report can say how long the chain is. */
const mostMembers = 8;

/** Who has signed whom. A certificate that signed itself has nobody above. */
function issuersIn(all: readonly X509Certificate[]): Issuers {
  const issuersOf = (one: X509Certificate): X509Certificate[] =>
    isSignedBy(one, one) ? [] : all.filter((other) => other !== one && isSignedBy(one, other)).slice(0, mostIssuers);
  return new Map(all.map((one) => [one, issuersOf(one)]));
}

/** Every way from the last of `way` upwards. */
function waysUp(way: readonly X509Certificate[], issuers: Issuers): (readonly X509Certificate[])[] {
  const last = way.at(-1);
  const above = last === undefined ? [] : (issuers.get(last) ?? []).filter((one) => !way.includes(one));
  if (above.length === 0 || way.length >= mostMembers) return [way];
  return above.flatMap((one) => waysUp([...way, one], issuers));
}

/** It has signed none of the others. */
function isEnd(one: X509Certificate, all: readonly X509Certificate[]): boolean {
  return all.every((other) => other === one || !isSignedBy(other, one));
}

function unique(certificates: readonly X509Certificate[]): X509Certificate[] {
  return certificates.filter(
    (one, index) => certificates.findIndex((other) => other.fingerprint256 === one.fingerprint256) === index,
  );
}
