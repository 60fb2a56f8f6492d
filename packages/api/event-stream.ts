import { fail } from "./errors.ts";

/** One message of an event stream. */
export interface StreamMessage {
  /** "message" when the sender gave none. */
  readonly event: string;
  readonly data: string;
}

/** Longest message in characters: 500 devices of about 1 kB each, eight times over. */
const mostCharacters = 4 * 1024 * 1024;

/**
 * Reads server-sent events out of text that arrives in pieces of any size.
 * Knows `event` and `data`; `id` and `retry` mean nothing here because the feed is lossy and the back-off is ours.
 * @source HTML Living Standard, 9.2.6 "Interpreting an event stream"
 * @throws api.answer.invalid (network) when a message exceeds the limit
 */
export class EventStreamReader {
  private rest = "";
  private event = "";
  private readonly data: string[] = [];
  private size = 0;

  /** Takes the next piece. @returns the messages that it completed */
  push(text: string): StreamMessage[] {
    const messages: StreamMessage[] = [];
    // A lone CR ends a line too, but our server never sends one: LF and CRLF are enough.
    // Looked for in the new piece alone: a long line in many pieces would else be read again with each of them.
    const end = text.lastIndexOf("\n") + 1;
    const lines = end === 0 ? [] : (this.rest + text.slice(0, end - 1)).split("\n");
    this.rest = end === 0 ? this.rest + text : text.slice(end);
    for (const line of lines) {
      const message = this.take(line.endsWith("\r") ? line.slice(0, -1) : line);
      if (message !== undefined) messages.push(message);
    }
    if (this.rest.length + this.size > mostCharacters) {
      throw fail("api.answer.invalid", { details: { limit: mostCharacters } });
    }
    return messages;
  }

  private take(line: string): StreamMessage | undefined {
    if (line === "") return this.finish();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") this.event = value;
    if (field === "data") {
      this.data.push(value);
      // An empty line costs its place, too.
      this.size += value.length + 1;
    }
    return undefined;
  }

  private finish(): StreamMessage | undefined {
    const event = this.event === "" ? "message" : this.event;
    const data = this.data.join("\n");
    const isEmpty = this.data.length === 0;
    this.event = "";
    this.data.length = 0;
    this.size = 0;
    return isEmpty ? undefined : { event, data };
  }
}
