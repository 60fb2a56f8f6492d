import { Type, type Static } from "typebox";
import { Moment } from "./common.ts";

const Text = Type.String();
const MomentOrNull = Type.Union([Moment, Type.Null()]);
const TextOrNull = Type.Union([Text, Type.Null()]);

/** Parts that not every release has. */
export const certificateParts = ["tls", "keyPairs", "revocations"] as const;
export type CertificatePart = (typeof certificateParts)[number];

/** A certificate in the device's store. What cannot be read in it is null. */
export const HeldCertificate = Type.Object({
  /** The firmware's name for it. */
  id: Text,
  subject: Text,
  issuer: Text,
  /** Lower-case hexadecimal digits. */
  serial: TextOrNull,
  /** SHA-256, lower-case hex. */
  fingerprint: Text,
  validFrom: MomentOrNull,
  validTo: MomentOrNull,
  /** "RSA 2048" */
  key: TextOrNull,
  isTrustedRoot: Type.Boolean(),
  isAuthority: Type.Boolean(),
  /** The key pair on the device that belongs to it. */
  keyPairId: TextOrNull,
  /** Where the device uses it: "TLS", "wired 802.1X", "Wi-Fi NAME". */
  uses: Type.Array(Text),
});
export type HeldCertificate = Static<typeof HeldCertificate>;

/** What a device holds of keys and certificates, as it was read. */
export const HeldCertificates = Type.Object({
  /** Null where the release has none. */
  tls: Type.Union([
    Type.Object({
      isEnabled: Type.Boolean(),
      acceptsPlain: Type.Boolean(),
      isMutual: Type.Boolean(),
      /** Names that a client's certificate may have; none means any. */
      trustedNames: Type.Array(Text),
      isLocalEnabled: Type.Boolean(),
    }),
    Type.Null(),
  ]),
  items: Type.Array(HeldCertificate),
  keyPairs: Type.Array(
    Type.Object({ id: Text, key: TextOrNull, /** The certificate over it. */ certificateId: TextOrNull }),
  ),
  /** Clients' certificates that it does not believe, with mutual TLS. */
  revocations: Type.Array(Type.Object({ url: Text, serialNumbers: Type.Array(Text) })),
  lacks: Type.Array(Type.Enum(certificateParts)),
});
export type HeldCertificates = Static<typeof HeldCertificates>;

/** What Vigil's own record says of a certificate on a device. */
export const DeviceCertificate = Type.Object({
  ...HeldCertificate.properties,
  /**
   * "vigil": issued by one of Vigil's authorities to this device; "authority": one of Vigil's authorities itself; "other": Vigil knows nothing of
   * it.
   */
  origin: Type.Union([Type.Literal("vigil"), Type.Literal("authority"), Type.Literal("other")]),
  revokedAt: MomentOrNull,
  revokedBecause: TextOrNull,
});
export type DeviceCertificate = Static<typeof DeviceCertificate>;

export const DeviceCertificates = Type.Object({
  ...HeldCertificates.properties,
  items: Type.Array(DeviceCertificate),
});
export type DeviceCertificates = Static<typeof DeviceCertificates>;
