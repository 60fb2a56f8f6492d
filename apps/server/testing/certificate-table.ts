import { createPrivateKey } from "node:crypto";
import type { JsonName } from "@peculiar/x509";
import {
  aCertificate,
  aKey,
  hashOf,
  pemOf,
  type TestCertificate,
  type TestKey,
  type Wanted,
} from "./certificate-maker.ts";

/** Good and bad setup certificates, each with what Vigil has to say of it. Made anew each time; no key is stored. */
export interface CertificateTable {
  readonly rows: readonly CertificateRow[];
  /** SHA-256 of the roots that the table's devices list, lower-case hex. */
  readonly listedRoots: readonly string[];
}

export interface CertificateRow {
  /** What is special about it. */
  readonly what: string;
  readonly upload: { readonly chainPem: string; readonly keyPem?: string; readonly passphrase?: string };
  /** The key, readable, for showing the certificate to a device; absent when that cannot be done. */
  readonly shownKeyPem: string | undefined;
  readonly verdict: "pass" | "warn" | "fail";
  /** Of the first check that fails. */
  readonly code: string | null;
  /** The check that says why, when there is one. */
  readonly why?: string;
  /** What a device of `release` in `tableSuffix` that lists the roots would say; null when nothing can be read. */
  readonly answer: "yes" | "no" | "unknown" | null;
  readonly release: "12" | "16";
  /** Why real firmware may do otherwise than the virtual device; undefined where a source decides. */
  readonly unverified?: string;
}

/** DNS suffix of the table's devices. */
export const tableSuffix = "lab.example";

const serverAuthentication = "1.3.6.1.5.5.7.3.1";
const clientSetup = "2.16.840.1.113741.1.2.3";
const both = [serverAuthentication, clientSetup];
const unit = "Intel(R) Client Setup Certificate";
const host = `setup.${tableSuffix}`;

const noDates = "whether firmware looks at dates before its clock is set";
const noPathLength = "whether firmware looks at the path length";
const noKinds = "from which release on firmware can use other keys than RSA 2048";

/** @param now milliseconds since 1970 */
export async function certificateTable(now: number): Promise<CertificateTable> {
  const maker = new Maker(now, await aKey());
  const root = await maker.authority("Table Root");
  const issuer = await maker.authority("Table Issuer", { by: root });
  const unlisted = await maker.authority("Unlisted Root");
  const listed = [root, ...(await maker.listedRoots())];
  const rows = [
    ...(await goodRows(maker, root, issuer)),
    ...(await chainRows(maker, root, issuer, unlisted)),
    ...(await leafRows(maker, root, issuer)),
    ...(await keyRows(maker, root, issuer)),
    ...(await uploadRows(maker, root, issuer)),
  ];
  return { rows, listedRoots: await Promise.all(listed.map(hashOf)) };
}

class Maker {
  readonly now: number;
  /** Of every leaf that needs none of its own: keys take long to make. */
  readonly key: TestKey;
  readonly #listed = new Map<string, Promise<TestCertificate>>();

  constructor(now: number, key: TestKey) {
    this.now = now;
    this.key = key;
  }

  leaf(by: TestCertificate, wanted: Partial<Wanted> = {}): Promise<TestCertificate> {
    return aCertificate({ name: [{ CN: [host] }], key: this.key, usages: both, by, ...wanted }, this.now);
  }

  authority(name: string, wanted: Partial<Wanted> = {}): Promise<TestCertificate> {
    return aCertificate({ name: [{ CN: [name] }], authority: true, ...wanted }, this.now);
  }

  /** A root of its own that devices list. */
  listed(name: string, wanted: () => Promise<Partial<Wanted>> = async () => ({})): Promise<TestCertificate> {
    const made = this.#listed.get(name) ?? wanted().then((one) => this.authority(name, one));
    this.#listed.set(name, made);
    return made;
  }

  rsa4096(): Promise<TestCertificate> {
    return this.listed("Large Root", async () => ({ key: await aKey(4096) }));
  }

  sha1(): Promise<TestCertificate> {
    return this.listed("Old Root", async () => ({ signing: "rsa-sha1" }));
  }

  expired(): Promise<TestCertificate> {
    return this.listed("Expired Root", async () => ({ from: -900, to: -3 }));
  }

  ownLeaf(): Promise<TestCertificate> {
    const name: JsonName = [{ CN: [host] }];
    return this.listed("its own root", async () => ({ name, key: this.key, usages: both, authority: false }));
  }

  listedRoots(): Promise<TestCertificate[]> {
    return Promise.all([this.rsa4096(), this.sha1(), this.expired(), this.ownLeaf()]);
  }

  row(what: string, chain: readonly TestCertificate[], rest: Partial<CertificateRow> = {}): CertificateRow {
    const keyPem = chain[0]?.key.pem ?? "";
    const upload = { chainPem: pemOf(...chain), keyPem };
    // A root that firmware does not bring along is always worth a warning.
    return { what, upload, shownKeyPem: keyPem, verdict: "warn", code: null, answer: "yes", release: "16", ...rest };
  }
}

const refused = (code: string, why: string): Partial<CertificateRow> => ({
  verdict: "fail",
  code: `provisioning.certificate.${code}`,
  why,
  answer: "no",
});

async function goodRows(m: Maker, root: TestCertificate, issuer: TestCertificate): Promise<CertificateRow[]> {
  const second = await m.authority("Second Issuer", { by: issuer });
  const leaf = await m.leaf(issuer);
  const byUnit = await m.leaf(issuer, { name: [{ CN: [host] }, { OU: [unit] }], usages: [serverAuthentication] });
  return [
    m.row("both usages, one issuer", [leaf, issuer, root]),
    m.row("no issuer between leaf and root", [await m.leaf(root), root]),
    m.row("two issuers: four certificates", [await m.leaf(second), second, issuer, root]),
    m.row("the unit's name in place of the usage", [byUnit, issuer, root]),
    m.row("a name in capitals", [await m.leaf(issuer, { name: [{ CN: [host.toUpperCase()] }] }), issuer, root]),
    m.row("the suffix itself as name", [await m.leaf(issuer, { name: [{ CN: [tableSuffix] }] }), issuer, root]),
    m.row("signed with SHA-384", [await m.leaf(issuer, { signing: "rsa-sha384" }), issuer, root]),
    m.row("five days before its end", [await m.leaf(issuer, { to: 5 }), issuer, root], { why: "dates" }),
    m.row("a wildcard", [await m.leaf(issuer, { name: [{ CN: [`*.${tableSuffix}`] }] }), issuer, root], {
      why: "name",
      unverified: "how firmware compares a wildcard",
    }),
    m.row("the root first", [root, issuer, leaf], {
      upload: { chainPem: pemOf(root, issuer, leaf), keyPem: leaf.key.pem },
      shownKeyPem: leaf.key.pem,
    }),
    m.row("others among it", [leaf], {
      upload: { chainPem: pemOf(await m.rsa4096(), issuer, leaf, root), keyPem: leaf.key.pem },
    }),
  ];
}

async function chainRows(
  m: Maker,
  root: TestCertificate,
  issuer: TestCertificate,
  unlisted: TestCertificate,
): Promise<CertificateRow[]> {
  const leaf = await m.leaf(issuer);
  const second = await m.authority("Second Issuer", { by: issuer });
  const third = await m.authority("Third Issuer", { by: second });
  const impostor = await m.authority("Table Issuer", { by: root });
  const server = await m.leaf(issuer, { key: await aKey() });
  const narrow = await m.authority("Narrow Issuer", { by: root, authority: 0 });
  const below = await m.authority("Below Narrow", { by: narrow });
  return [
    m.row("without its issuer", [leaf, root], refused("incomplete", "complete")),
    m.row("without its root", [leaf, issuer], refused("incomplete", "complete")),
    m.row("the leaf alone", [leaf], refused("incomplete", "complete")),
    m.row("an issuer of the same name that did not sign it", [leaf, impostor, root], refused("incomplete", "complete")),
    m.row(
      "three issuers: five certificates",
      [await m.leaf(third), third, second, issuer, root],
      refused("too-long", "length"),
    ),
    m.row("signed by itself", [await m.ownLeaf()], refused("self-signed", "complete")),
    m.row(
      "signed by another server's certificate",
      [await m.leaf(server), server, issuer, root],
      refused("not-an-authority", "authorities"),
    ),
    m.row("more authorities than one of them allows", [await m.leaf(below), below, narrow, root], {
      ...refused("not-an-authority", "authorities"),
      unverified: noPathLength,
    }),
    m.row("a root that the device does not list", [await m.leaf(unlisted), unlisted], { answer: "no", why: "root" }),
    m.row("a root that has expired", [await m.leaf(await m.expired()), await m.expired()], {
      ...refused("expired", "dates"),
      unverified: noDates,
    }),
  ];
}

async function leafRows(m: Maker, root: TestCertificate, issuer: TestCertificate): Promise<CertificateRow[]> {
  const of = async (wanted: Partial<Wanted>): Promise<readonly TestCertificate[]> => [
    await m.leaf(issuer, wanted),
    issuer,
    root,
  ];
  const named = (name: string): Promise<readonly TestCertificate[]> => of({ name: [{ CN: [name] }] });
  const elsewhere: Partial<CertificateRow> = { answer: "no", why: "root" };
  return [
    m.row("for another domain", await named("setup.other.example"), elsewhere),
    m.row("for a domain that only ends in the same letters", await named(`setup.not${tableSuffix}`), elsewhere),
    m.row("for the domain above", await named("example"), elsewhere),
    m.row(
      "a host name among the alternative names only",
      await of({ name: [{ O: ["Table"] }], alternativeNames: [host] }),
      {
        answer: "unknown",
        why: "name",
        unverified: "whether firmware looks at alternative names",
      },
    ),
    m.row("no host name", await of({ name: [{ O: ["Table"] }] }), refused("nameless", "name")),
    m.row("a TLS server's certificate", await of({ usages: [serverAuthentication] }), refused("for-tls", "purpose")),
    m.row(
      "the setup usage without the server's",
      await of({ usages: [clientSetup] }),
      refused("not-for-setup", "purpose"),
    ),
    m.row(
      "the unit's name in small letters",
      await of({ name: [{ CN: [host] }, { OU: [unit.toLowerCase()] }], usages: [serverAuthentication] }),
      refused("not-for-setup", "purpose"),
    ),
    m.row("an authority's own certificate", [issuer, root], refused("not-for-setup", "purpose")),
    m.row("expired", await of({ from: -400, to: -1 }), { ...refused("expired", "dates"), unverified: noDates }),
    m.row("not yet valid", await of({ from: 2 }), { ...refused("expired", "dates"), unverified: noDates }),
  ];
}

async function keyRows(m: Maker, root: TestCertificate, issuer: TestCertificate): Promise<CertificateRow[]> {
  const large = await m.rsa4096();
  const old = await m.sha1();
  const ec = [await m.leaf(issuer, { key: await aKey("ec") }), issuer, root];
  const sha1 = [await m.leaf(issuer, { signing: "rsa-sha1" }), issuer, root];
  const byOld = [await m.leaf(old, { signing: "rsa-sha256" }), old];
  const small = [await m.leaf(issuer, { key: await aKey(1024) }), issuer, root];
  return [
    m.row("SHA-1 before 16.0", sha1, { release: "12", why: "signatures" }),
    m.row("SHA-1 from 16.0 on", sha1, { answer: "no", why: "signatures" }),
    m.row("a root signed with SHA-1, before 16.0", byOld, { release: "12", why: "signatures" }),
    m.row("a root signed with SHA-1, from 16.0 on", byOld, { answer: "no", why: "signatures" }),
    m.row("RSA 1024", small, refused("key-unsupported", "keys")),
    m.row("a root with RSA 4096", [await m.leaf(large), large], { why: "keys", unverified: noKinds }),
    m.row("RSA 4096", [await m.leaf(issuer, { key: await aKey(4096) }), issuer, root], {
      why: "keys",
      unverified: noKinds,
    }),
    m.row("elliptic curve, before 15.0", ec, { answer: "no", release: "12", why: "keys", unverified: noKinds }),
    m.row("elliptic curve, from 15.0 on", ec, { answer: "unknown", why: "keys", unverified: noKinds }),
    m.row("signed with SHA-512", [await m.leaf(issuer, { signing: "rsa-sha512" }), issuer, root], {
      answer: "unknown",
      why: "signatures",
      unverified: "whether firmware knows SHA-512",
    }),
    m.row("signed with RSA-PSS", [await m.leaf(issuer, { signing: "rsa-pss" }), issuer, root], {
      ...refused("signature-unsupported", "signatures"),
      unverified: "whether firmware knows RSA-PSS",
    }),
  ];
}

/** What is wrong, or not, before any device is asked. */
async function uploadRows(m: Maker, root: TestCertificate, issuer: TestCertificate): Promise<CertificateRow[]> {
  const leaf = await m.leaf(issuer);
  const chain = [leaf, issuer, root] as const;
  const chainPem = pemOf(...chain);
  const cipher = { cipher: "aes-256-cbc", passphrase: "open it", type: "pkcs8", format: "pem" } as const;
  const sealed = createPrivateKey(leaf.key.pem).export(cipher).toString();
  const nothing: Partial<CertificateRow> = { answer: null, shownKeyPem: undefined };
  return [
    m.row("a key with a passphrase, and the passphrase", chain, {
      upload: { chainPem, keyPem: sealed, passphrase: cipher.passphrase },
    }),
    m.row("a key with a passphrase, without it", chain, {
      ...refused("passphrase", "readable"),
      ...nothing,
      upload: { chainPem, keyPem: sealed },
    }),
    m.row("a key with another passphrase", chain, {
      ...refused("passphrase", "readable"),
      ...nothing,
      upload: { chainPem, keyPem: sealed, passphrase: "wrong" },
    }),
    m.row("another certificate's key", chain, {
      ...refused("key-mismatch", "key"),
      shownKeyPem: undefined,
      answer: "yes",
      upload: { chainPem, keyPem: root.key.pem },
    }),
    m.row("the old and the new certificate of one key", chain, {
      ...refused("order", "order"),
      shownKeyPem: undefined,
      answer: "yes",
      upload: { chainPem: pemOf(leaf, await m.leaf(issuer), issuer, root), keyPem: leaf.key.pem },
    }),
    m.row("no certificate", chain, {
      ...refused("unreadable", "readable"),
      ...nothing,
      upload: { chainPem: "nothing", keyPem: leaf.key.pem },
    }),
  ];
}
