import { createHash, X509Certificate } from "node:crypto";
import type { DeviceCertificates, HeldCertificates } from "@vigil/api/resources/device-certificates.ts";
import type { Credentials } from "../credentials/credentials.ts";
import type { Kept } from "./readings.ts";

/** Certificates as they were read, and what Vigil's own record says of each as things now stand. */
export async function shownCertificates(
  { issued }: Pick<Credentials, "issued">,
  uuid: string,
  { readAt, body }: Kept<HeldCertificates>,
): Promise<{ readAt: string; certificates: DeviceCertificates }> {
  const rows = new Map((await issued.issuedTo(uuid)).map((row) => [row.fingerprint, row]));
  const roots = (await issued.allRoots()).map((pem) => new X509Certificate(pem).raw);
  const authorities = new Set([...roots, ...(await issued.allIssuers())].map(fingerprintOf));
  const items = body.items.map((one) => {
    const row = rows.get(one.fingerprint);
    const origin = authorities.has(one.fingerprint) ? ("authority" as const) : ("other" as const);
    return {
      ...one,
      origin: row === undefined ? origin : ("vigil" as const),
      revokedAt: row?.revoked_at?.toISOString() ?? null,
      revokedBecause: row?.reason ?? null,
    };
  });
  return { readAt, certificates: { ...body, items } };
}

function fingerprintOf(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("hex");
}
