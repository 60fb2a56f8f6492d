import { Type, type Static, type TString } from "typebox";
import { route } from "../route.ts";
import { DeviceId, Moment } from "./common.ts";

/** A certificate with which the server proves itself to devices that are being set up. Its key never leaves the server. */
export const SetupCertificate = Type.Object({
  id: Type.String(),
  /** What operators call it. */
  name: Type.String(),
  /** True for the one that Vigil made itself; it cannot be removed. */
  isOwn: Type.Boolean(),
  subject: Type.String(),
  rootSubject: Type.String(),
  /** SHA-256 of the root certificate, lower-case hex: what a device lists in its hello. */
  rootHash: Type.String(),
  /** Host names in the leaf: devices compare them with their DNS suffix. */
  names: Type.Array(Type.String()),
  expiresAt: Moment,
  /** Whole days until then; below 0 when it has expired. */
  daysLeft: Type.Integer(),
  addedAt: Moment,
});
export type SetupCertificate = Static<typeof SetupCertificate>;

const Verdict = Type.Union([Type.Literal("pass"), Type.Literal("warn"), Type.Literal("fail")]);
export const Answer = Type.Union([Type.Literal("yes"), Type.Literal("no"), Type.Literal("unknown")]);
export type Answer = Static<typeof Answer>;

/** What one rule says about a certificate. A warning refuses nothing. */
export const CertificateCheck = Type.Object({
  id: Type.String(),
  verdict: Verdict,
  found: Type.String(),
  expected: Type.String(),
  /** Empty when there is nothing to do. */
  next: Type.String(),
  /** The error with which adding it would be refused. */
  code: Type.Union([Type.String(), Type.Null()]),
});
export type CertificateCheck = Static<typeof CertificateCheck>;

/** One certificate of a chain. */
export const ChainMember = Type.Object({
  subject: Type.String(),
  issuer: Type.String(),
  /** SHA-256, lower-case hex. */
  fingerprint: Type.String(),
  validFrom: Moment,
  validTo: Moment,
  /** "RSA 2048". */
  key: Type.String(),
  /** "RSA-SHA256". */
  signature: Type.String(),
  isAuthority: Type.Boolean(),
});

/** Would a device accept a certificate? Both sides of each reason stand next to each other. */
export const DeviceVerdict = Type.Object({
  answer: Answer,
  reasons: Type.Array(
    Type.Object({
      id: Type.Union([Type.Literal("root"), Type.Literal("name"), Type.Literal("release"), Type.Literal("dates")]),
      answer: Answer,
      /** The certificate's side. */
      found: Type.String(),
      /** The device's side. */
      expected: Type.String(),
      next: Type.String(),
    }),
  ),
});
export type DeviceVerdict = Static<typeof DeviceVerdict>;

/** Every rule, not only the first that a certificate breaks. */
export const CertificateReport = Type.Object({
  verdict: Verdict,
  checks: Type.Array(CertificateCheck),
  /** Leaf first, root last, put in order; empty when nothing could be read. */
  chain: Type.Array(ChainMember),
  /** PEM of the same, without the key; null when nothing could be read. */
  chainPem: Type.Union([Type.String(), Type.Null()]),
  /** What the device that was asked about would say; null when none was, or nothing could be read. */
  device: Type.Union([DeviceVerdict, Type.Null()]),
});
export type CertificateReport = Static<typeof CertificateReport>;

const Pem: TString = Type.String({ maxLength: 65_536 });
const upload = {
  /** PEM of the leaf and its issuers up to the root, in any order; the key may stand in it too. */
  chainPem: Type.Optional(Pem),
  /** PEM of the leaf's private key. */
  keyPem: Type.Optional(Pem),
  /** A PFX (PKCS #12) file instead, base64. */
  pfx: Type.Optional(Type.String({ maxLength: 90_000, pattern: "^[A-Za-z0-9+/]*={0,2}$" })),
  /** Of the PFX file, or of the key. It is not kept. */
  passphrase: Type.Optional(Type.String({ maxLength: 1_000 })),
};
const Name = Type.String({ minLength: 1, maxLength: 100, pattern: "^[^\\u0000-\\u001f]+$" });
/** A DNS suffix, lower case or not. */
export const DnsSuffix = Type.String({
  maxLength: 191,
  pattern: "^[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*$",
});
const byId = Type.Object({ id: Type.String({ maxLength: 36, pattern: "^[0-9a-f-]{36}$" }) });
const byDevice = Type.Object({ id: DeviceId });

/** What is known of a device that decides which setup certificate it accepts, and what it would say to each. */
export const DeviceVerdicts = Type.Object({
  /** Roots in its hello; null when none was kept. */
  listedRoots: Type.Union([Type.Integer(), Type.Null()]),
  release: Type.Union([Type.String(), Type.Null()]),
  /** DNS suffixes that it may compare with, the surest first. */
  suffixes: Type.Array(
    Type.Object({
      suffix: Type.String(),
      source: Type.Union([Type.Literal("device"), Type.Literal("profile"), Type.Literal("server")]),
      at: Type.Union([Moment, Type.Null()]),
    }),
  ),
  /** The best first: the first is the one that provisioning shows, unless its answer is "no". */
  items: Type.Array(Type.Object({ certificate: SetupCertificate, verdict: DeviceVerdict })),
});
export type DeviceVerdicts = Static<typeof DeviceVerdicts>;

const counts = {
  devices: Type.Integer(),
  /** One is accepted, by all that is known. */
  covered: Type.Integer(),
  /** One may be accepted: something is not known. */
  uncertain: Type.Integer(),
  uncovered: Type.Integer(),
};

/** Which setup certificate sets up how many devices, and why none does for the rest. */
export const CertificateCoverage = Type.Object({
  ...counts,
  certificates: Type.Array(
    Type.Object({
      certificate: SetupCertificate,
      /** How many devices give which answer. */
      answers: Type.Object({ yes: Type.Integer(), no: Type.Integer(), unknown: Type.Integer() }),
    }),
  ),
  /** Devices that no certificate surely sets up, most first. */
  gaps: Type.Array(
    Type.Object({
      obstacle: Type.Union([
        Type.Literal("no-hello"),
        Type.Literal("no-roots"),
        Type.Literal("expired-roots"),
        Type.Literal("other-roots"),
        Type.Literal("name"),
        Type.Literal("release"),
        Type.Literal("dates"),
      ]),
      answer: Type.Union([Type.Literal("no"), Type.Literal("unknown")]),
      devices: Type.Integer(),
      /** A few of them. */
      examples: Type.Array(DeviceId),
      found: Type.String(),
      expected: Type.String(),
      next: Type.String(),
    }),
  ),
  /** By the first number of the release; null before a device has told. */
  releases: Type.Array(Type.Object({ release: Type.Union([Type.String(), Type.Null()]), ...counts })),
});
export type CertificateCoverage = Static<typeof CertificateCoverage>;

/** Where devices of a DNS suffix find their server. */
export const DnsCheck = Type.Object({
  suffix: Type.String(),
  /** "ProvisionServer.corp.example" */
  name: Type.String(),
  /** "dangling": an alias to a name without an address; "failed": the resolver answered with an error. */
  status: Type.Union([
    Type.Literal("here"),
    Type.Literal("elsewhere"),
    Type.Literal("dangling"),
    Type.Literal("missing"),
    Type.Literal("unreachable"),
    Type.Literal("failed"),
  ]),
  alias: Type.Union([Type.String(), Type.Null()]),
  addresses: Type.Array(Type.String()),
  /** Resolvers that were asked. */
  servers: Type.Array(Type.String()),
  /** Devices with this suffix, as far as it is known. */
  devices: Type.Integer(),
  /** Empty when all is well. */
  next: Type.String(),
  /** Lines for the zone file; one of them is enough. */
  records: Type.Array(Type.String()),
});
export type DnsCheck = Static<typeof DnsCheck>;

export const setupCertificates = {
  list: route({
    method: "GET",
    path: "/setup-certificates",
    summary: "Lists the setup certificates",
    permission: "provisioning.read",
    reply: Type.Object({ items: Type.Array(SetupCertificate) }),
  }),
  coverage: route({
    method: "GET",
    path: "/setup-certificates/coverage",
    summary: "Which setup certificate sets up how many devices, and why none does for the rest",
    permission: "provisioning.read",
    reply: CertificateCoverage,
  }),
  checkDns: route({
    method: "GET",
    path: "/dns-check",
    summary: "Where devices find their server by DNS: asks for ProvisionServer in one suffix, or in all that are known",
    permission: "provisioning.read",
    query: Type.Object({ suffix: Type.Optional(DnsSuffix) }),
    reply: Type.Object({ items: Type.Array(DnsCheck) }),
  }),
  show: route({
    method: "GET",
    path: "/setup-certificates/{id}",
    summary: "One setup certificate with the whole report about it",
    permission: "provisioning.read",
    params: byId,
    reply: Type.Object({ certificate: SetupCertificate, report: CertificateReport }),
  }),
  inspect: route({
    method: "POST",
    path: "/setup-certificates/inspect",
    summary: "Inspects a certificate without keeping it, and says whether a device would accept it",
    permission: "setup.manage",
    body: Type.Object(
      {
        ...upload,
        device: Type.Optional(DeviceId),
        /** In place of the device's: nobody knows it before the device is set up. */
        release: Type.Optional(Type.String({ pattern: "^\\d{1,3}(\\.\\d{1,5}){0,3}$" })),
      },
      { additionalProperties: false },
    ),
    reply: CertificateReport,
  }),
  add: route({
    method: "POST",
    path: "/setup-certificates",
    summary: "Adds a setup certificate: the leaf, its chain up to the root, and the leaf's private key",
    permission: "setup.manage",
    body: Type.Object({ ...upload, name: Type.Optional(Name) }, { additionalProperties: false }),
    reply: SetupCertificate,
    status: 201,
  }),
  rename: route({
    method: "PUT",
    path: "/setup-certificates/{id}",
    summary: "Gives a setup certificate another name",
    permission: "setup.manage",
    params: byId,
    body: Type.Object({ name: Name }, { additionalProperties: false }),
    reply: SetupCertificate,
  }),
  remove: route({
    method: "DELETE",
    path: "/setup-certificates/{id}",
    summary: "Removes a setup certificate and its key; devices that are set up already need it no more",
    permission: "setup.manage",
    params: byId,
    reply: Type.Null(),
    status: 204,
  }),
  verdicts: route({
    method: "GET",
    path: "/devices/{id}/setup-certificates",
    summary: "Which setup certificates a device would accept, and why or why not",
    permission: "provisioning.read",
    params: byDevice,
    reply: DeviceVerdicts,
  }),
  setSuffix: route({
    method: "PUT",
    path: "/devices/{id}/dns-suffix",
    summary: "Says which DNS suffix a device has by DHCP or MEBx; null takes that back",
    permission: "setup.manage",
    params: byDevice,
    body: Type.Object({ suffix: Type.Union([DnsSuffix, Type.Null()]) }, { additionalProperties: false }),
    reply: DeviceVerdicts,
  }),
};
