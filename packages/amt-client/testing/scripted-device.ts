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
  script: (request: HttpMessage, index: number, connection: number) => Reply | Promise<Reply>,
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
        void reply(far, script(request, arrivals.length - 1, connection));
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

async function reply(far: Duplex, made: Reply | Promise<Reply>): Promise<void> {
  // A reply that is there already goes out at once, as from a device that answers within the same segment.
  const { bytes, closes } = made instanceof Promise ? await made : made;
  if (bytes !== undefined) far.write(bytes);
  if (closes === true) far.end();
}

export const realm = "Digest:A4070000000000000000000000000000";

/** The firmware's refusal, which closes the connection. @source protocols A.2 */
export function unauthorized(
  nonce = "wlbEK1EtAAAAAAAAWW5aUHFp+mQQ1j63",
  inRealm = realm,
  server = "Intel(R) Active Management Technology 15.0.23.1706",
): Reply {
  const page = "<html></html>";
  return {
    bytes:
      "HTTP/1.1 401 Unauthorized\r\n" +
      `WWW-Authenticate: Digest realm="${inRealm}", nonce="${nonce}",stale="false",qop="auth"\r\n` +
      `Content-Type: text/html\r\nServer: ${server}\r\n` +
      `Content-Length: ${page.length}\r\nConnection: close\r\n\r\n${page}`,
    closes: true,
  };
}

/** An answer with one chunk, as firmware sends it. */
export function ok(body: string, status = 200): Reply {
  const size = Buffer.byteLength(body).toString(16).toUpperCase().padStart(4, "0");
  return {
    bytes: `HTTP/1.1 ${status} OK\r\nContent-Type: application/soap+xml; charset=UTF-8\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\n${body}\r\n0\r\n\r\n`,
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

/** A fault in answer to that request. @param subcode with the prefix `b` (addressing) or `e` (WS-Management) */
export function aFault(requestBody: string, subcode: string): Reply {
  const id = /MessageID>(\d+)</.exec(requestBody)?.[1] ?? "";
  return ok(
    '<a:Envelope xmlns:a="http://www.w3.org/2003/05/soap-envelope" xmlns:b="http://schemas.xmlsoap.org/ws/2004/08/addressing"' +
      ' xmlns:e="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">' +
      `<a:Header><b:RelatesTo>${id}</b:RelatesTo></a:Header><a:Body><a:Fault><a:Code><a:Value>a:Sender</a:Value>` +
      `<a:Subcode><a:Value>${subcode}</a:Value></a:Subcode></a:Code></a:Fault></a:Body></a:Envelope>`,
    400,
  );
}
