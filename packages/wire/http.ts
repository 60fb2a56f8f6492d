import { fail } from "./errors.ts";

/** What one message may cost. */
export interface HttpLimits {
  /** 16 KiB: firmware's heads have some 300 bytes, browsers' up to 4 KiB. */
  readonly maxHeadBytes: number;
  /** 1 MiB: firmware's envelopes end at 50 KiB. */
  readonly maxBodyBytes: number;
}

const defaultLimits: HttpLimits = { maxHeadBytes: 16 * 1024, maxBodyBytes: 1024 * 1024 };
/** A chunk's size line; firmware's has 4 digits. */
const maxSizeLine = 64;
const maxTrailerBytes = 4 * 1024;
const breaksLine = /[\0\r\n]/;

/** Header fields: names lower-case; repeated fields in the order they came. */
export type HttpHeaders = ReadonlyMap<string, readonly string[]>;

/** One whole message. A request has `method` and `target`, a response `status`. */
export interface HttpMessage {
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
  /** False when the sender closes the connection after it. */
  readonly keepsAlive: boolean;
}

/** The first value of a field; undefined when it is absent. */
export function headerOf(headers: HttpHeaders, name: string): string | undefined {
  return headers.get(name)?.[0];
}

interface Head {
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly keepsAlive: boolean;
}

type Framing = { readonly kind: "length"; readonly bytes: number } | { readonly kind: "chunked" | "close" };

const noBytes: Buffer = Buffer.alloc(0);

/**
 * Reads HTTP/1.1 messages from bytes as they come; knows no socket. What is kept at any time is at most one head or one body:
 * a peer that sends byte by byte costs no more than one that sends all at once. Interim answers (1xx) are passed over.
 *
 * States: head -> body (by length, by chunks, or until the connection closes) -> head of the next message. Inside a chunked
 * body: size line -> data -> line end -> size line …, a size of 0 -> trailer. Bytes of the next message may arrive with the
 * last ones of this one; they are kept. After an error the reader is of no more use.
 */
export class HttpReader {
  readonly #kind: "request" | "response";
  readonly #limits: HttpLimits;
  /** What has come and has no place yet: part of a head, of a size line or of a trailer. */
  #rest: Buffer = noBytes;
  #head: Head | undefined;
  #framing: Framing["kind"] = "length";
  /** Bytes of the body, or of its present chunk, still to come. */
  #left = 0;
  #endsChunk = false;
  #body: Buffer = noBytes;
  #bodyBytes = 0;

  constructor(kind: "request" | "response", limits: Partial<HttpLimits> = {}) {
    this.#kind = kind;
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** True when no byte of a message has come yet. */
  get isIdle(): boolean {
    return this.#head === undefined && this.#rest.length === 0;
  }

  /** The head's fields while its body is still under way: a server then may answer `100 Continue`. */
  get awaitsBody(): HttpHeaders | undefined {
    return this.#head?.headers;
  }

  /** @returns the messages that these bytes complete. @throws wire.http.malformed, wire.http.too-large (device) */
  push(bytes: Uint8Array): HttpMessage[] {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const messages = this.#readMessages();
    // An empty view would keep the whole piece alive for as long as the connection idles.
    if (this.#rest.length === 0) this.#rest = noBytes;
    return messages;
  }

  /** The connection has ended. @returns the message that only this completes. @throws wire.http.malformed when one was cut off */
  end(): HttpMessage | undefined {
    if (this.isIdle) return undefined;
    if (this.#head !== undefined && this.#framing === "close") return this.#finish(this.#head);
    throw fail("wire.http.malformed", { message: "The connection ended inside an HTTP message" });
  }

  #readMessages(): HttpMessage[] {
    const messages: HttpMessage[] = [];
    for (;;) {
      if (this.#head === undefined && !this.#readHead()) return messages;
      const message = this.#readBody();
      if (message === undefined) return messages;
      const isInterim = this.#kind === "response" && message.status < 200;
      if (!isInterim) messages.push(message);
    }
  }

  #readHead(): boolean {
    // Blank lines before a request are tolerated. @source RFC 9112, 2.2
    while (this.#rest.length >= 2 && this.#rest[0] === 13 && this.#rest[1] === 10) this.#rest = this.#rest.subarray(2);
    const end = this.#rest.indexOf("\r\n\r\n");
    const { maxHeadBytes } = this.#limits;
    // Three of the four bytes that end it may have come.
    if (end > maxHeadBytes || (end < 0 && this.#rest.length > maxHeadBytes + 3)) {
      throw fail("wire.http.too-large", { details: { part: "head", maxBytes: maxHeadBytes } });
    }
    if (end < 0) return false;
    const lines = this.#rest.toString("latin1", 0, end).split("\r\n");
    // A line end that one reader sees and the next does not is how a field is smuggled in. @source RFC 9112, 2.2
    if (lines.some((line) => breaksLine.test(line))) throw malformed("line end");
    this.#rest = this.#rest.subarray(end + 4);
    const headers = headersOf(lines.slice(1));
    const first = lines[0] ?? "";
    this.#head = this.#kind === "request" ? requestHead(first, headers) : responseHead(first, headers);
    const framing = framingOf(this.#kind, this.#head);
    this.#framing = framing.kind;
    this.#left = framing.kind === "length" ? this.#allowed(framing.bytes) : 0;
    return true;
  }

  #readBody(): HttpMessage | undefined {
    const head = this.#head;
    if (head === undefined) return undefined;
    if (this.#framing === "chunked") return this.#readChunks() ? this.#finish(head) : undefined;
    if (this.#framing === "close") this.#left = this.#allowed(this.#rest.length);
    this.#take();
    return this.#framing === "length" && this.#left === 0 ? this.#finish(head) : undefined;
  }

  /** @returns true when the last chunk and its trailer have been read */
  #readChunks(): boolean {
    for (;;) {
      this.#take();
      if (this.#left > 0) return false;
      if (this.#endsChunk) {
        if (this.#rest.length < 2) return false;
        if (this.#rest[0] !== 13 || this.#rest[1] !== 10) throw malformed("chunk end");
        this.#rest = this.#rest.subarray(2);
        this.#endsChunk = false;
      }
      const lineEnd = this.#rest.indexOf("\r\n");
      if (lineEnd > maxSizeLine || (lineEnd < 0 && this.#rest.length > maxSizeLine + 1)) throw malformed("chunk size");
      if (lineEnd < 0) return false;
      const size = sizeOf(this.#rest.toString("latin1", 0, lineEnd));
      if (size === 0) return this.#readTrailer(lineEnd);
      this.#left = this.#allowed(size);
      this.#endsChunk = true;
      this.#rest = this.#rest.subarray(lineEnd + 2);
    }
  }

  /** "0", then trailer fields, which nobody here needs, then a blank line. */
  #readTrailer(lineEnd: number): boolean {
    const end = this.#rest.indexOf("\r\n\r\n", lineEnd);
    const bytes = (end < 0 ? this.#rest.length - 3 : end) - lineEnd;
    if (bytes > maxTrailerBytes) throw malformed("chunk trailer");
    if (end < 0) return false;
    this.#rest = this.#rest.subarray(end + 4);
    return true;
  }

  /** Moves what has come of the body, or of its chunk, out of the rest. */
  #take(): void {
    const piece = this.#rest.subarray(0, this.#left);
    if (piece.length === 0) return;
    this.#rest = this.#rest.subarray(piece.length);
    this.#left -= piece.length;
    const bytes = this.#bodyBytes + piece.length;
    if (this.#bodyBytes === 0) {
      // Mostly one piece is the whole body: no copy.
      this.#body = piece;
    } else {
      if (bytes > this.#body.length) this.#grow(bytes);
      piece.copy(this.#body, this.#bodyBytes);
    }
    this.#bodyBytes = bytes;
  }

  #grow(bytes: number): void {
    const wanted = Math.min(this.#limits.maxBodyBytes, Math.max(4096, bytes * 2));
    const grown = Buffer.allocUnsafe(wanted);
    this.#body.copy(grown, 0, 0, this.#bodyBytes);
    this.#body = grown;
  }

  /** @returns the number itself. @throws wire.http.too-large when the body would pass its limit with so many bytes more */
  #allowed(more: number): number {
    const { maxBodyBytes } = this.#limits;
    const bytes = this.#bodyBytes + more;
    if (bytes <= maxBodyBytes) return more;
    throw fail("wire.http.too-large", { details: { part: "body", bytes, maxBytes: maxBodyBytes } });
  }

  #finish(head: Head): HttpMessage {
    const body = this.#body.subarray(0, this.#bodyBytes);
    const keepsAlive = head.keepsAlive && this.#framing !== "close";
    this.#head = undefined;
    this.#body = noBytes;
    this.#bodyBytes = 0;
    return { ...head, keepsAlive, body };
  }
}

function requestHead(line: string, headers: HttpHeaders): Head {
  const match = /^([A-Z]{1,20}) (\S{1,4096}) HTTP\/1\.([01])$/.exec(line);
  if (match === null) throw malformed("request line");
  const [, method = "", target = "", minor] = match;
  return { method, target, status: 0, headers, keepsAlive: staysOpen(headers, minor) };
}

function responseHead(line: string, headers: HttpHeaders): Head {
  const match = /^HTTP\/1\.([01]) (\d{3})(?: .{0,200})?$/.exec(line);
  if (match === null) throw malformed("status line");
  return { method: "", target: "", status: Number(match[2]), headers, keepsAlive: staysOpen(headers, match[1]) };
}

function staysOpen(headers: HttpHeaders, minor: string | undefined): boolean {
  const words = headers.get("connection")?.join(",").toLowerCase() ?? "";
  return minor === "1" ? !/\bclose\b/.test(words) : /\bkeep-alive\b/.test(words);
}

function headersOf(lines: readonly string[]): HttpHeaders {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    if (colon < 1 || !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) throw malformed("header field");
    const value = line.slice(colon + 1).trim();
    const known = headers.get(name);
    if (known === undefined) headers.set(name, [value]);
    else known.push(value);
  }
  return headers;
}

function framingOf(kind: "request" | "response", head: Head): Framing {
  const coding = head.headers.get("transfer-encoding")?.join(",").toLowerCase();
  const lengths = head.headers.get("content-length");
  if (coding !== undefined) {
    // Both at once is how requests are smuggled. @source RFC 9112, 6.1
    if (coding !== "chunked" || lengths !== undefined) throw malformed("transfer coding");
    return { kind: "chunked" };
  }
  if (lengths !== undefined) {
    const [length = ""] = lengths;
    if (lengths.length > 1 || !/^\d{1,15}$/.test(length)) throw malformed("content length");
    return { kind: "length", bytes: Number(length) };
  }
  const hasNone = kind === "request" || head.status < 200 || head.status === 204 || head.status === 304;
  return hasNone ? { kind: "length", bytes: 0 } : { kind: "close" };
}

function sizeOf(line: string): number {
  const digits = /^([0-9A-Fa-f]{1,8})\s*(?:;.*)?$/.exec(line)?.[1];
  if (digits === undefined) throw malformed("chunk size");
  return Number.parseInt(digits, 16);
}

function malformed(part: string): Error {
  return fail("wire.http.malformed", { details: { part } });
}

/** Writes a message's head: first line, fields in order, blank line. @throws wire.http.character (caller) */
export function encodeHead(firstLine: string, headers: readonly (readonly [name: string, value: string])[]): string {
  let head = `${firstLine}\r\n`;
  for (const [name, value] of headers) {
    if (breaksLine.test(value)) throw fail("wire.http.character", { details: { field: name } });
    head += `${name}: ${value}\r\n`;
  }
  return `${head}\r\n`;
}

/** Firmware's first chunk has 544 bytes, every further one 762, the last the rest. @source protocols A.6 */
const firstChunk = 0x220;
const furtherChunk = 0x2fa;

/**
 * Writes a body in firmware's chunk pattern, sizes as four upper-case digits, the end as a single 0.
 * @param pattern "whole" for a fault: the one that was captured is one chunk of 04CC bytes. @source protocols A.6
 */
export function encodeChunked(body: Uint8Array, pattern: "cut" | "whole" = "cut"): Uint8Array {
  const parts: Uint8Array[] = [];
  let offset = 0;
  while (offset < body.length) {
    const most = pattern === "whole" ? body.length : offset === 0 ? firstChunk : furtherChunk;
    const size = Math.min(most, body.length - offset);
    const digits = size.toString(16).toUpperCase().padStart(4, "0");
    parts.push(Buffer.from(`${digits}\r\n`, "latin1"), body.subarray(offset, offset + size), crlf);
    offset += size;
  }
  parts.push(Buffer.from("0\r\n\r\n", "latin1"));
  return Buffer.concat(parts);
}

const crlf = Buffer.from("\r\n", "latin1");
