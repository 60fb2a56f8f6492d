import { duplexPair, type Duplex } from "node:stream";
import { ha1, parseAuthorization, verify } from "@vigil/wire/digest.ts";
import { headerOf, HttpReader, type HttpMessage } from "@vigil/wire/http.ts";
import type { Dialer } from "../dial/dialer.ts";

/** What the scripted device does with a request: answers with bytes, perhaps closing, or does nothing at all. */
export interface Reply {
  readonly bytes?: string;
  readonly closes?: boolean;
}

/** One request as it arrived: on which connection, and what. */
export interface Arrival {
  readonly connection: number;
  readonly request: HttpMessage;
}

export interface ScriptedDevice {
  readonly dialer: Dialer;
  readonly arrivals: readonly Arrival[];
  /** How many connections were made. */
  readonly connections: () => number;
  /** How many of them are still open. */
  readonly open: () => number;
  /** The device closes all its connections, as it does with idle ones. */
  hangUp(): void;
}

/** A device for tests of the client alone: bytes on an in-memory stream, by a script of the test. */
export function scriptedDevice(
  script: (request: HttpMessage, index: number, connection: number) => Reply,
): ScriptedDevice {
  const arrivals: Arrival[] = [];
  const streams: Duplex[] = [];
  const dialer: Dialer = (_port, signal) => {
    signal.throwIfAborted();
    const [near, far] = duplexPair();
    const connection = streams.length;
    streams.push(far);
    const reader = new HttpReader("request");
    far.on("error", () => {});
    far.on("end", () => far.end());
    far.on("data", (bytes: Uint8Array) => {
      for (const request of reader.push(bytes)) {
        arrivals.push({ connection, request });
        const { bytes: answer, closes } = script(request, arrivals.length - 1, connection);
        if (answer !== undefined) far.write(answer);
        if (closes === true) far.end();
      }
    });
    near.once("close", () => far.destroy());
    return Promise.resolve(near);
  };
  return {
    dialer: Object.assign(dialer, { host: "scripted" }),
    arrivals,
    connections: () => streams.length,
    open: () => streams.filter((one) => !one.destroyed && !one.writableEnded).length,
    hangUp: () => streams.forEach((one) => one.end()),
  };
}

export const realm = "Digest:A4070000000000000000000000000000";

/** The firmware's refusal, which closes the connection. @source protocols A.2 */
export function unauthorized(nonce = "wlbEK1EtAAAAAAAAWW5aUHFp+mQQ1j63"): Reply {
  const page = "<html></html>";
  return {
    bytes:
      "HTTP/1.1 401 Unauthorized\r\n" +
      `WWW-Authenticate: Digest realm="${realm}", nonce="${nonce}",stale="false",qop="auth"\r\n` +
      "Content-Type: text/html\r\nServer: Intel(R) Active Management Technology 15.0.23.1706\r\n" +
      `Content-Length: ${page.length}\r\nConnection: close\r\n\r\n${page}`,
    closes: true,
  };
}

/** A 200 with one chunk, as firmware sends it. */
export function ok(body: string): Reply {
  const size = Buffer.byteLength(body).toString(16).toUpperCase().padStart(4, "0");
  return {
    bytes: `HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml; charset=UTF-8\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\n${body}\r\n0\r\n\r\n`,
  };
}

/** True when the request bears a right login for that nonce. */
export function isAuthorized(request: HttpMessage, password: string, nonce?: string): boolean {
  const header = headerOf(request.headers, "authorization");
  if (header === undefined) return false;
  const authorization = parseAuthorization(header);
  if (nonce !== undefined && authorization.nonce !== nonce) return false;
  return verify({ authorization, method: "POST", ha1: ha1("admin", realm, password), body: request.body });
}
