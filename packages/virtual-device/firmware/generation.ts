import type { SecureVersion } from "node:tls";
import { compareReleases } from "@vigil/model/firmware.ts";
import type { hashAlgorithms } from "@vigil/model/value-maps.ts";

/** How one generation of firmware speaks. Where a release is said to be the first, it is UNVERIFIED unless a source stands there. */
export interface Manners {
  readonly tls: { readonly min: SecureVersion; readonly max: SecureVersion; readonly ciphers: string };
  /** False: nothing listens on 16992, not even before setup. @source protocols B.12 "18+" */
  readonly hasPlainPorts: boolean;
  /** False: an answer says its length, and no X-Frame-Options. @source protocols A.6 "Older AMT (<9)" */
  readonly isChunked: boolean;
  /** False: it is set up by certificates alone. @source protocols C.2, C.8 */
  readonly hasPsk: boolean;
  /** True: redirection takes passwords as they are, and digests without qop. @source protocols D.2 */
  readonly takesPasswords: boolean;
  /** Signatures of certificate requests that it makes. */
  readonly requestHashes: readonly (keyof typeof hashAlgorithms)[];
}

/** What managers of the time offer, MeshCentral among them: RSA key exchange and AES. @source protocols A.16 */
const rsaAes = "AES128-SHA:AES256-SHA";
const rsaAesAndNewer = `ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA256:AES256-SHA256:${rsaAes}`;
const forwardSecret =
  "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384";
/** OpenSSL hides what is older than TLS 1.2 behind this. */
const legacy = ":@SECLEVEL=0";

/** @param release e.g. "11.8.50" */
export function mannersOf(release: string): Manners {
  const isAtLeast = (one: string): boolean => compareReleases(release, one) >= 0;
  return {
    tls: tlsOf(isAtLeast),
    hasPlainPorts: !isAtLeast("18.0"),
    isChunked: isAtLeast("9.0"),
    hasPsk: !isAtLeast("11.0"),
    takesPasswords: !isAtLeast("9.0"),
    requestHashes: isAtLeast("16.0")
      ? ["sha256", "sha384"]
      : isAtLeast("11.0")
        ? ["sha1", "sha256", "sha384"]
        : ["sha1"],
  };
}

function tlsOf(isAtLeast: (release: string) => boolean): Manners["tls"] {
  if (isAtLeast("18.0")) return { min: "TLSv1.2", max: "TLSv1.3", ciphers: forwardSecret };
  if (isAtLeast("16.0")) return { min: "TLSv1.2", max: "TLSv1.3", ciphers: `${forwardSecret}:${rsaAesAndNewer}` };
  if (isAtLeast("12.0")) return { min: "TLSv1.1", max: "TLSv1.2", ciphers: rsaAesAndNewer + legacy };
  if (isAtLeast("11.0")) return { min: "TLSv1", max: "TLSv1.2", ciphers: rsaAesAndNewer + legacy };
  return { min: "TLSv1", max: "TLSv1", ciphers: rsaAes + legacy };
}
