import type { Duplex } from "node:stream";
import { VigilError } from "@vigil/base/errors.ts";
import { encodeChunked, encodeHead, headerOf, HttpReader, type HttpMessage } from "@vigil/wire/http.ts";
import { encodeFault, faultOf } from "@vigil/wire/wsman/fault.ts";
import type { Misbehavior, Faults } from "../faults.ts";
import type { Caller, Firmware } from "../firmware.ts";
import { answerWsman } from "../wsman.ts";
import type { Login } from "./login.ts";
import { errorPage, logonPage, statusPage, unauthorizedPage } from "./pages.ts";

/** Firmware's envelopes end at 50 KiB; a little more, so that an oversized one gets its answer. */
const limits = { maxHeadBytes: 8 * 1024, maxBodyBytes: 64 * 1024 } as const;

/** What one connection needs of its device. */
export interface HttpDevice {
  readonly firmware: Firmware;
  readonly login: Login;
  readonly faults: Faults;
  /** Makes the flash durable: before an answer leaves. */
  save(): void;
  /** The answer that has just left ended all connections. */
  dropConnections(): void;
  countRequest(): void;
}

type Header = readonly [name: string, value: string];

/**
 * HTTP on one connection, one request at a time: the stream is paused while one is answered.
 * A connection ends after a 401, after a fault, when the manager says so, or when it has been idle for too long.
 */
export class HttpConnection {
  /** When something last came or went, on the monotonic clock. */
  lastActiveMs: number;
  readonly #device: HttpDevice;
  readonly #stream: Duplex;
  readonly #via: Omit<Caller, "username">;
  readonly #reader = new HttpReader("request", limits);
  #queue: HttpMessage[] = [];
  #isBusy = false;

  constructor(device: HttpDevice, stream: Duplex, via: Omit<Caller, "username">) {
    this.#device = device;
    this.#stream = stream;
    this.#via = via;
    this.lastActiveMs = device.firmware.clock.monotonic();
    stream.on("data", (bytes: Uint8Array) => this.#receive(bytes));
    stream.on("error", () => stream.destroy());
    stream.on("end", () => stream.end());
  }

  /** True while a request is being answered. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  destroy(): void {
    this.#stream.destroy();
  }

  #receive(bytes: Uint8Array): void {
    // After the last answer: read, so that the peer's end is seen, and thrown away.
    if (this.#stream.writableEnded) return;
    this.lastActiveMs = this.#device.firmware.clock.monotonic();
    try {
      this.#queue.push(...this.#reader.push(bytes));
    } catch (error) {
      this.#page(statusOf(error), "Bad Request");
      return;
    }
    const expecting = this.#reader.awaitsBody;
    if (expecting !== undefined && headerOf(expecting, "expect")?.toLowerCase() === "100-continue") {
      this.#stream.write("HTTP/1.1 100 Continue\r\n\r\n");
    }
    if (!this.#isBusy) void this.#serve();
  }

  async #serve(): Promise<void> {
    this.#isBusy = true;
    this.#stream.pause();
    try {
      for (let request = this.#queue.shift(); request !== undefined; request = this.#queue.shift()) {
        this.#device.countRequest();
        await this.#answer(request);
        if (this.#stream.writableEnded || this.#stream.destroyed) break;
      }
    } finally {
      this.#isBusy = false;
      this.lastActiveMs = this.#device.firmware.clock.monotonic();
      this.#stream.resume();
    }
  }

  async #answer(request: HttpMessage): Promise<void> {
    const path = request.target.split("?")[0] ?? "";
    if (path !== "/wsman") return this.#web(request, path);
    const wrong = this.#device.faults.next(request.body);
    if (wrong?.kind === "drop") return void this.#stream.destroy();
    if (wrong?.kind === "hang") return new Promise((resolve) => this.#stream.once("close", resolve));
    if (wrong?.kind === "delay") await this.#device.firmware.clock.sleep(wrong.ms);
    const result = this.#device.login.check(request, this.#via);
    if (!result.ok) return this.#unauthorized(result.challenges);
    if (wrong?.kind === "unauthorized") return this.#unauthorized(this.#device.login.refusal());
    if (request.method !== "POST") return this.#page(405, "Method Not Allowed");
    await this.#wsman(request, result, wrong);
  }

  async #wsman(
    request: HttpMessage,
    { caller, proof }: { readonly caller: Caller; readonly proof?: string },
    wrong: Misbehavior | undefined,
  ): Promise<void> {
    const { firmware } = this.#device;
    const answer = await answerWsman(firmware, caller, request.body);
    this.#device.save();
    if (wrong?.kind === "drop-after") return void this.#stream.destroy();
    const xml = wrong === undefined ? answer.xml : spoiled(wrong, answer.xml, firmware);
    const status = wrong?.kind === "fault" ? 400 : answer.status;
    const isFault = status !== 200;
    const { isChunked } = firmware.manners;
    const head: Header[] = [
      ["Date", new Date(firmware.now()).toUTCString()],
      ["Server", firmware.serverHeader],
      // Where the line stands is UNVERIFIED.
      ...(proof === undefined ? [] : [["WWW-Authenticate", proof] as const]),
      ...(isChunked ? [["X-Frame-Options", "DENY"] as const] : []),
      ["Content-Type", "application/soap+xml; charset=UTF-8"],
      isChunked ? ["Transfer-Encoding", "chunked"] : ["Content-Length", String(Buffer.byteLength(xml))],
    ];
    if (isFault) head.push(["Connection", "close"]);
    const first = `HTTP/1.1 ${status} ${reasons[status] ?? ""}`;
    const bytes = Buffer.concat([
      Buffer.from(encodeHead(first, head), "latin1"),
      isChunked ? encodeChunked(Buffer.from(xml), isFault ? "whole" : "cut") : Buffer.from(xml),
    ]);
    if (wrong?.kind === "half") return this.#half(bytes, wrong.then);
    const isLast = isFault || answer.endsConnections || !request.keepsAlive;
    await this.#sent(bytes, isLast);
    if (answer.endsConnections) this.#device.dropConnections();
  }

  /** Resolves when the bytes are out, or the connection is gone. */
  #sent(bytes: Buffer, isLast: boolean): Promise<void> {
    const stream = this.#stream;
    return new Promise((resolve) => {
      const done = (): void => {
        stream.off("close", done);
        resolve();
      };
      stream.once("close", done);
      if (isLast) stream.end(bytes, done);
      else stream.write(bytes, done);
    });
  }

  #half(bytes: Buffer, then: "hang" | "close"): Promise<void> {
    return new Promise((resolve) => {
      this.#stream.once("close", resolve);
      this.#stream.write(bytes.subarray(0, bytes.length / 2), () => {
        if (then === "close") this.#stream.destroy();
      });
    });
  }

  /** Firmware's own web page: a logon page for everybody, the rest for users. */
  #web(request: HttpMessage, path: string): void {
    const { firmware, login } = this.#device;
    if (!firmware.isWebPageOpen) return this.#page(404, "Not Found");
    if (path === "/" || path === "/logon.htm") return this.#html(200, logonPage(), request.keepsAlive);
    const result = login.check(request, this.#via);
    if (!result.ok) return this.#unauthorized(result.challenges);
    if (path !== "/index.htm" || request.method !== "GET") return this.#page(404, "Not Found");
    this.#html(200, statusPage(firmware), request.keepsAlive);
  }

  /** @source protocols A.2: exact order of lines */
  #unauthorized(challenges: readonly string[]): void {
    const { firmware } = this.#device;
    this.#device.save();
    const page = unauthorizedPage(firmware);
    const head = encodeHead("HTTP/1.1 401 Unauthorized", [
      ...challenges.map((one) => ["WWW-Authenticate", one] as const),
      ["Content-Type", "text/html"],
      ["Server", firmware.serverHeader],
      ["Content-Length", String(Buffer.byteLength(page))],
      ["Connection", "close"],
    ]);
    this.#stream.end(head + page);
  }

  #page(status: number, reason: string): void {
    this.#html(status, errorPage(reason), false);
  }

  #html(status: number, page: string, keepsAlive: boolean): void {
    const head: Header[] = [
      ["Content-Type", "text/html"],
      ["Server", this.#device.firmware.serverHeader],
      ["Content-Length", String(Buffer.byteLength(page))],
    ];
    if (!keepsAlive) head.push(["Connection", "close"]);
    const text = encodeHead(`HTTP/1.1 ${status} ${reasons[status] ?? "Error"}`, head) + page;
    if (keepsAlive) this.#stream.write(text);
    else this.#stream.end(text);
  }
}

const reasons: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Request Entity Too Large",
  500: "Internal Server Error",
};

function statusOf(error: unknown): number {
  return error instanceof VigilError && error.code === "wire.http.too-large" ? 413 : 400;
}

function spoiled(wrong: Misbehavior, xml: string, firmware: Firmware): string {
  if (wrong.kind === "mismatch")
    return xml.replace(/(<b:RelatesTo>)[^<]*/, "$1uuid:00000000-0000-0000-0000-000000000000");
  if (wrong.kind === "body") return wrong.text;
  if (wrong.kind === "fault") return encodeFault(faultOf(wrong.name), { messageId: firmware.nextMessageId() });
  return xml;
}
