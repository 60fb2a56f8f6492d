import { EventStreamReader, type StreamMessage } from "@vigil/api/event-stream.ts";
import { agree, type FuzzTarget } from "../target.ts";
import { pieces } from "./http.ts";

/** Whole or in pieces, the same messages come out. */
export const eventStream: FuzzTarget = {
  seeds: () =>
    [
      'event: devices\ndata: {"id":"1"}\n\n',
      ": comment\r\ndata: a\r\ndata: b\r\n\r\n",
      "id: 1\nretry: 2\ndata\n\n",
    ].map((one) => Buffer.from(one)),
  words: ["data: ", "data:\n", "event: x\n", "\n", "\r\n", "\r", "\n\n", ":", "data", "\0", "\xef\xbb\xbf"],
  refusals: ["api.answer.invalid"],
  quick: 500,
  open: () => ({
    run(input) {
      const whole = new EventStreamReader().push(Buffer.from(input).toString("latin1"));
      const reader = new EventStreamReader();
      const inPieces: StreamMessage[] = [];
      for (const piece of pieces(input)) inPieces.push(...reader.push(Buffer.from(piece).toString("latin1")));
      agree("in pieces", inPieces, whole);
    },
  }),
};
