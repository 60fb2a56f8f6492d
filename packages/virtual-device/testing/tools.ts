import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { connect } from "node:net";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { VirtualDevice } from "../device.ts";
import { startFleet, type Fleet, type FleetOptions } from "../fleet.ts";
import { someAddress } from "./some-address.ts";

// Strangers' programs and plain sockets: what the device is tested with, since its twin must not be.

/** Longest wait for a program or a connection, in milliseconds. */
const limitMs = 20_000;

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs curl, openssl or another stranger to its end. */
export function run(program: string, args: readonly string[], input: string | Uint8Array = ""): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { timeout: limitMs });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (bytes: Buffer) => stdout.push(bytes));
    child.stderr.on("data", (bytes: Buffer) => stderr.push(bytes));
    child.once("error", reject);
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.once("close", (code) => {
      const text = (parts: Buffer[]): string => Buffer.concat(parts).toString("utf8");
      resolve({ code: code ?? -1, stdout: text(stdout), stderr: text(stderr) });
    });
  });
}

/** Sends bytes, and resolves with all that came when the other side ended the connection. @throws what the socket threw */
export function talk(host: string, port: number, bytes: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect({ host, port });
    socket.setTimeout(limitMs, () => socket.destroy(new Error(`nothing for ${limitMs} ms`)));
    socket.on("data", (part) => parts.push(part));
    socket.once("error", reject);
    socket.once("end", () => {
      socket.end();
      resolve(Buffer.concat(parts));
    });
    socket.write(bytes);
  });
}

export function aFleet(options: Partial<FleetOptions> = {}): Promise<Fleet> {
  return startFleet({
    count: 1,
    firstAddress: someAddress(),
    clock: systemClock(),
    log: silentLog(),
    trustedRootHashes: [],
    domainSuffix: "site.example",
    ...options,
  });
}

export function deviceOf(fleet: Fleet, index = 0): VirtualDevice {
  const device = fleet.devices[index];
  if (device === undefined) throw new RangeError(`no device ${index}`);
  return device;
}

export const identifyEnvelope =
  '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>';

/**
 * A request of the admin as plain text, its digest made by hand. @source RFC 2617 3.2.2
 * @param of.challenge the answer that had it @param of.lines further lines of the head
 */
export function authorized(of: {
  readonly challenge: string;
  readonly nc: string;
  readonly lines?: string;
  readonly password?: string;
  readonly body?: string;
}): string {
  const { challenge, nc, lines = "", password = "admin", body = identifyEnvelope } = of;
  const realm = /realm="([^"]+)"/.exec(challenge)?.[1] ?? "";
  const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1] ?? "";
  const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
  const secret = md5(`admin:${realm}:${password}`);
  const response = md5(`${secret}:${nonce}:${nc}:c0ffee:auth:${md5("POST:/wsman")}`);
  const login = `username="admin",realm="${realm}",nonce="${nonce}",uri="/wsman",qop=auth,response="${response}",nc=${nc},cnonce="c0ffee"`;
  const head = `POST /wsman HTTP/1.1\r\nHost: device\r\nAuthorization: Digest ${login}\r\n${lines}`;
  return `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
