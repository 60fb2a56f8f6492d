import { createHash, createPublicKey, X509Certificate, type KeyObject } from "node:crypto";
import type { KeyPair, StoredCertificate } from "@vigil/amt-client/capabilities/tls.ts";
import type { AmtDevice } from "@vigil/amt-client/device.ts";
import type { CertificatePart, HeldCertificate, HeldCertificates } from "@vigil/api/resources/device-certificates.ts";
import { oneLine } from "../credentials/credentials.ts";
import { Parts } from "./lacking.ts";

/** What the device holds of keys and certificates, and where it uses them. */
export async function readCertificates(device: AmtDevice): Promise<HeldCertificates> {
  const parts = new Parts<CertificatePart>();
  const stored = await device.tls.certificates();
  const state = await parts.read("tls", () => device.tls.state());
  const pairs = (await parts.read("keyPairs", () => device.tls.keyPairs())) ?? [];
  const revocations = (await parts.read("revocations", () => device.tls.revocations())) ?? [];
  const uses = await usesOf(device, state?.certificateId ?? null);
  const items = stored.map((one) => certificateOf(one, pairs, uses));
  return {
    tls:
      state === undefined
        ? null
        : {
            isEnabled: state.isEnabled,
            acceptsPlain: state.acceptsPlain,
            isMutual: state.isMutual,
            trustedNames: [...state.trustedNames],
            isLocalEnabled: state.isLocalEnabled,
          },
    items,
    keyPairs: pairs.map((pair) => ({
      id: pair.id,
      key: keyWords(keyIn(pair)),
      certificateId: items.find(({ keyPairId }) => keyPairId === pair.id)?.id ?? null,
    })),
    revocations: revocations.map(({ url, serialNumbers }) => ({ url, serialNumbers: [...serialNumbers] })),
    lacks: parts.lacks,
  };
}

/** Where a certificate is in use, by its id. */
async function usesOf(device: AmtDevice, tls: string | null): Promise<ReadonlyMap<string, readonly string[]>> {
  const uses = new Map<string, string[]>();
  const note = (id: string, use: string): void => void uses.set(id, [...(uses.get(id) ?? []), use]);
  const guards = new Parts<"wired" | "wifi">();
  if (tls !== null) note(tls, "TLS");
  const wired = await guards.read("wired", async () => {
    return (await device.network.wired8021x()) === undefined ? [] : device.network.wired8021xCertificates();
  });
  for (const id of wired ?? []) note(id, "wired 802.1X");
  const wifi = await guards.read("wifi", () => device.wifi.guards());
  for (const [name, { certificateIds }] of wifi ?? []) for (const id of certificateIds) note(id, `Wi-Fi ${name}`);
  return uses;
}

function certificateOf(
  { id, der, isTrustedRoot, subject, issuer }: StoredCertificate,
  pairs: readonly KeyPair[],
  uses: ReadonlyMap<string, readonly string[]>,
): HeldCertificate {
  const common = { id, isTrustedRoot, uses: [...(uses.get(id) ?? [])], fingerprint: fingerprintOf(der) };
  const read = parsed(der);
  if (read === undefined) {
    const unknown = { serial: null, validFrom: null, validTo: null, key: null, keyPairId: null };
    return { ...common, ...unknown, subject, issuer, isAuthority: isTrustedRoot };
  }
  return {
    ...common,
    subject: oneLine(read.subject),
    issuer: oneLine(read.issuer),
    serial: read.serialNumber.toLowerCase(),
    validFrom: new Date(read.validFrom).toISOString(),
    validTo: new Date(read.validTo).toISOString(),
    key: keyWords(read.publicKey),
    isAuthority: read.ca,
    keyPairId: pairs.find((pair) => keyIn(pair)?.equals(read.publicKey) === true)?.id ?? null,
  };
}

/** undefined for what is no certificate: firmware keeps whatever somebody gave it. */
function parsed(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

function keyIn({ publicKey }: KeyPair): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "pkcs1" });
  } catch {
    return undefined;
  }
}

/** "RSA 2048" */
function keyWords(key: KeyObject | undefined): string | null {
  if (key === undefined) return null;
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  return [key.asymmetricKeyType?.toUpperCase(), modulusLength ?? namedCurve].filter(Boolean).join(" ");
}

function fingerprintOf(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("hex");
}
