import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One of the authority's own certificates. */
interface Tier {
  readonly name: string;
  readonly pem: string;
}

interface TierOptions {
  /** Of the openssl program: "rsa:2048" unless said otherwise. */
  readonly key?: readonly string[];
  readonly by?: string;
  /** Lines of an extension section. */
  readonly extensions?: readonly string[];
  readonly days?: number;
  readonly digest?: string;
}

const authorityExtensions = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"];

/** A company's authority, in the hands of the openssl program: nothing of ours has a part in what it signs. */
export class CorporateAuthority implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "vigil-corporate-"));

  /** Makes an authority; without `by` it signs itself. */
  tier(name: string, { key = ["rsa:2048"], by, extensions, days = 3_650, digest = "sha256" }: TierOptions = {}): Tier {
    const request = this.path(`${name}.csr`);
    const make = ["req", "-new", "-nodes", "-newkey", ...key, "-keyout", this.path(`${name}.key`)];
    this.openssl([...make, "-subj", `/O=Corp/CN=${name}`, "-out", request]);
    const signed = this.#sign(name, request, { by: by ?? name, isSelf: by === undefined, extensions, days, digest });
    return { name, pem: signed };
  }

  /** Signs somebody's request. @returns PEM */
  sign(
    requestPem: string,
    by: string,
    { extensions, days = 3_000, digest = "sha256" }: Omit<TierOptions, "by" | "key"> = {},
  ): string {
    const request = this.path("theirs.csr");
    writeFileSync(request, requestPem);
    this.openssl(["req", "-in", request, "-noout", "-verify"]);
    return this.#sign("theirs", request, { by, isSelf: false, extensions, days, digest });
  }

  /** @returns what the program printed */
  openssl(args: readonly string[]): string {
    return execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  /** Of a file of its own. */
  path(name: string): string {
    return join(this.#folder, name);
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #sign(
    name: string,
    request: string,
    options: { by: string; isSelf: boolean; extensions: readonly string[] | undefined; days: number; digest: string },
  ): string {
    const { by, isSelf, extensions = authorityExtensions, days, digest } = options;
    const out = this.path(`${name}.pem`);
    const lines = this.write("extensions.cnf", `${extensions.join("\n")}\n`);
    const signer = isSelf
      ? ["-signkey", this.path(`${by}.key`)]
      : ["-CA", this.path(`${by}.pem`), "-CAkey", this.path(`${by}.key`), "-CAcreateserial"];
    const lasts = ["-days", String(days), `-${digest}`];
    this.openssl(["x509", "-req", "-in", request, ...signer, ...lasts, "-extfile", lines, "-out", out]);
    return readFileSync(out, "utf8");
  }
}
