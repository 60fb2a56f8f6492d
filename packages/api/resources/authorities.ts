import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId, Moment } from "./common.ts";
import { CertificateCheck, ChainMember } from "./setup-certificates.ts";

const AuthorityKind = Type.Union([Type.Literal("own"), Type.Literal("outside")]);
const AuthorityState = Type.Union([
  Type.Literal("draft"),
  Type.Literal("waiting"),
  Type.Literal("ready"),
  Type.Literal("in-use"),
  Type.Literal("retired"),
]);

/** An authority that issues the certificates by which devices prove who they are. Not a setup certificate, which opens factory-new ones. */
export const Authority = Type.Object({
  id: Type.String(),
  name: Type.String(),
  /** "own": Vigil made its root. "outside": a company's authority signed Vigil's request. */
  kind: AuthorityKind,
  state: AuthorityState,
  /** Of the issuing certificate, or as it is asked for. */
  subject: Type.String(),
  /** Null before it is ready. */
  rootSubject: Type.Union([Type.String(), Type.Null()]),
  /** From the issuing certificate to the root, both counted; 0 before it is ready. */
  tiers: Type.Integer(),
  expiresAt: Type.Union([Moment, Type.Null()]),
  daysLeft: Type.Union([Type.Integer(), Type.Null()]),
  /** Devices that show a certificate of it. */
  devices: Type.Integer(),
  /** Where its revocation list is, below the server's address; null before it was ever in use. */
  revocationList: Type.Union([Type.String(), Type.Null()]),
  /** What an operator should do; empty when there is nothing to do. */
  attention: Type.String(),
  changedAt: Moment,
});
export type Authority = Static<typeof Authority>;

/** Every rule that the chain is held against, and the chain. */
export const AuthorityReport = Type.Object({
  verdict: Type.Union([Type.Literal("pass"), Type.Literal("warn"), Type.Literal("fail")]),
  checks: Type.Array(CertificateCheck),
  /** Issuing certificate first, root last. */
  chain: Type.Array(ChainMember),
});
export type AuthorityReport = Static<typeof AuthorityReport>;

export const AuthorityDetail = Type.Object({
  authority: Authority,
  /** PKCS#10, PEM: what the company's authority is to sign; null when none was made. */
  requestPem: Type.Union([Type.String(), Type.Null()]),
  /** PEM; null before it is ready. */
  chainPem: Type.Union([Type.String(), Type.Null()]),
  /** Of its chain as the fleet is now; null before it is ready. */
  report: Type.Union([AuthorityReport, Type.Null()]),
});
export type AuthorityDetail = Static<typeof AuthorityDetail>;

/** Why a certificate is not believed any more. @source RFC 5280, 5.3.1 */
const RevocationReason = Type.Union([
  Type.Literal("unspecified"),
  Type.Literal("keyCompromise"),
  Type.Literal("affiliationChanged"),
  Type.Literal("superseded"),
  Type.Literal("cessationOfOperation"),
  Type.Literal("privilegeWithdrawn"),
]);
export type RevocationReason = Static<typeof RevocationReason>;
export const revocationReasons = [
  "unspecified",
  "keyCompromise",
  "affiliationChanged",
  "superseded",
  "cessationOfOperation",
  "privilegeWithdrawn",
] as const satisfies readonly RevocationReason[];

/** A certificate that one of the authorities issued: to a device, or to Vigil itself. */
export const IssuedCertificate = Type.Object({
  /** Lower-case hex. */
  serial: Type.String(),
  subject: Type.String(),
  /** SHA-256, lower-case hex. */
  fingerprint: Type.String(),
  /** Id of the authority. */
  authority: Type.Union([Type.String(), Type.Null()]),
  issuedAt: Type.Union([Moment, Type.Null()]),
  expiresAt: Moment,
  /** The device was first met with it; null before, and for Vigil's own. */
  shownAt: Type.Union([Moment, Type.Null()]),
  /** The device shows another one since. */
  replacedAt: Type.Union([Moment, Type.Null()]),
  revokedAt: Type.Union([Moment, Type.Null()]),
  reason: Type.Union([RevocationReason, Type.Null()]),
});
export type IssuedCertificate = Static<typeof IssuedCertificate>;

const byId = Type.Object({ id: Type.String({ maxLength: 36, pattern: "^[0-9a-f-]{36}$" }) });
const Name = Type.String({ minLength: 1, maxLength: 100, pattern: "^[^\\u0000-\\u001f]+$" });
/** X.520 bounds both. @source RFC 5280, appendix A */
const NamePart = Type.String({ minLength: 1, maxLength: 64, pattern: "^[^\\u0000-\\u001f]+$" });
const chain = Type.Object({ chainPem: Type.String({ maxLength: 65_536 }) }, { additionalProperties: false });

export const authorities = {
  list: route({
    method: "GET",
    path: "/authorities",
    summary: "Lists the authorities that issue the devices' certificates",
    permission: "authority.read",
    reply: Type.Object({ items: Type.Array(Authority) }),
  }),
  show: route({
    method: "GET",
    path: "/authorities/{id}",
    summary: "One authority with its request, its chain and the whole report about it",
    permission: "authority.read",
    params: byId,
    reply: AuthorityDetail,
  }),
  create: route({
    method: "POST",
    path: "/authorities",
    summary: "Makes an authority: an own one with a new root, or the draft of one that a company's authority will sign",
    permission: "authority.manage",
    body: Type.Object(
      {
        name: Name,
        kind: AuthorityKind,
        commonName: Type.Optional(NamePart),
        organization: Type.Optional(NamePart),
      },
      { additionalProperties: false },
    ),
    reply: AuthorityDetail,
    status: 201,
  }),
  request: route({
    method: "POST",
    path: "/authorities/{id}/request",
    summary: "Makes the key and the certificate request of a draft; the key never leaves the server",
    permission: "authority.manage",
    params: byId,
    reply: AuthorityDetail,
  }),
  inspect: route({
    method: "POST",
    path: "/authorities/{id}/inspect",
    summary: "Inspects a signed chain without keeping it, against the devices that are there",
    permission: "authority.manage",
    params: byId,
    body: chain,
    reply: AuthorityReport,
  }),
  install: route({
    method: "PUT",
    path: "/authorities/{id}/chain",
    summary: "Takes the signed certificate with its issuers up to the root",
    permission: "authority.manage",
    params: byId,
    body: chain,
    reply: AuthorityDetail,
  }),
  use: route({
    method: "POST",
    path: "/authorities/{id}/use",
    summary: "Puts an authority to use: every device gets a certificate of it, in waves; none is cut off meanwhile",
    permission: "authority.manage",
    params: byId,
    reply: AuthorityDetail,
  }),
  remove: route({
    method: "DELETE",
    path: "/authorities/{id}",
    summary: "Removes an authority that was never in use, and its key",
    permission: "authority.manage",
    params: byId,
    reply: Type.Null(),
    status: 204,
  }),
  revocationList: route({
    method: "GET",
    path: "/authorities/{id}/revocation-list",
    summary:
      "The revocation list of an authority that is or was in use, as everybody else finds it at its public address",
    permission: "authority.read",
    params: byId,
    reply: Type.Object({
      number: Type.Integer(),
      nextUpdate: Moment,
      /** DER, base64. */
      der: Type.String(),
    }),
  }),
  certificates: route({
    method: "GET",
    path: "/devices/{id}/certificates",
    summary: "The certificates that were issued to a device, the newest first",
    permission: "authority.read",
    params: Type.Object({ id: DeviceId }),
    reply: Type.Object({ items: Type.Array(IssuedCertificate) }),
  }),
  managers: route({
    method: "GET",
    path: "/manager-certificates",
    summary: "The certificates that Vigil itself shows to devices with mutual TLS",
    permission: "authority.read",
    reply: Type.Object({ items: Type.Array(IssuedCertificate) }),
  }),
  revoke: route({
    method: "POST",
    path: "/certificates/{serial}/revoke",
    summary:
      "Takes back a certificate of a device or of Vigil: it stands in the revocation list, and another one follows",
    permission: "authority.manage",
    params: Type.Object({ serial: Type.String({ maxLength: 40, pattern: "^[0-9a-f]{2,40}$" }) }),
    body: Type.Object(
      { reason: RevocationReason, note: Type.Optional(Type.String({ maxLength: 500 })) },
      { additionalProperties: false },
    ),
    reply: Type.Null(),
    status: 204,
  }),
};
