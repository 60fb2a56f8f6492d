import { createHash } from "node:crypto";
import { duplexPair, type Duplex } from "node:stream";
import type { RedirectionKind } from "@vigil/wire/redirection/handshake.ts";
import { RedirectionConnection } from "../endpoints/redirection.ts";
import { Faults } from "../faults.ts";
import type { Caller, Firmware } from "../firmware.ts";
import { KerberosLogin } from "../kerberos/kerberos-login.ts";
import type { SessionOpener } from "../redirection/session-line.ts";

/** A manager that speaks to a redirection port byte by byte, over an in-memory stream. */
export class RedirectionTalk {
  readonly faults = new Faults(() => {});
  readonly stream: Duplex;
  isEnded = false;
  #heard = Buffer.alloc(0);

  constructor(
    firmware: Firmware,
    openers?: Readonly<Partial<Record<RedirectionKind, SessionOpener>>>,
    via: Omit<Caller, "username"> = { channel: "tls", hasSetupCertificate: false },
    faults?: Faults,
  ) {
    this.faults = faults ?? this.faults;
    const [near, far] = duplexPair();
    this.stream = near;
    far.on("error", () => far.destroy());
    const device = { firmware, faults: this.faults, kerberos: new KerberosLogin(firmware), save: () => {} };
    const connection = new RedirectionConnection(device, far, via, openers);
    void connection;
    near.on("data", (bytes: Buffer) => (this.#heard = Buffer.concat([this.#heard, bytes])));
    near.on("error", () => {});
    near.on("end", () => (this.isEnded = true)).on("close", () => (this.isEnded = true));
  }

  /** Says these bytes, given as hex; resolves with everything the device has said since, as hex. */
  async say(hex: string): Promise<string> {
    this.stream.write(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
    return this.hear();
  }

  /** What the device has said since it was last listened to, as hex. */
  async hear(): Promise<string> {
    for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const heard = this.#heard.toString("hex");
    this.#heard = Buffer.alloc(0);
    return heard;
  }

  /** Logs in by digest, made by hand. @returns the device's last word, as hex @source protocols D.2 */
  async logIn(username: string, password: string): Promise<string> {
    const uri = "/RedirectionService";
    const challenge = await this.say(`13000000 04 ${message([username, "", "", uri, "", "", "", ""])}`);
    const [realm = "", nonce = "", qop = ""] = texts(Buffer.from(challenge, "hex").subarray(9));
    const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
    const ha1 = md5(`${username}:${realm}:${password}`);
    const response = md5(`${ha1}:${nonce}:00000002:c0ffee:${qop}:${md5(`POST:${uri}`)}`);
    return this.say(`13000000 04 ${message([username, realm, nonce, uri, "c0ffee", "00000002", response, qop])}`);
  }
}

/** Length in four bytes, then texts with theirs in one. */
function message(all: readonly string[]): string {
  const body = Buffer.concat(
    all.map((text) => Buffer.concat([Uint8Array.of(text.length), Buffer.from(text, "latin1")])),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, body]).toString("hex");
}

function texts(bytes: Buffer): readonly string[] {
  const found: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 1 + (bytes[offset] ?? 0)) {
    found.push(bytes.toString("latin1", offset + 1, offset + 1 + (bytes[offset] ?? 0)));
  }
  return found;
}
