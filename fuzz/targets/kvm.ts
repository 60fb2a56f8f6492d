import { constants, deflateRawSync } from "node:zlib";
import { testClock } from "@vigil/base/clock.ts";
import { Firmware } from "@vigil/virtual-device/firmware.ts";
import { identityOf } from "@vigil/virtual-device/identity.ts";
import { KvmSession } from "@vigil/virtual-device/redirection/kvm.ts";
import { decodeChannelMessage, encodeChannelMessage } from "@vigil/wire/redirection/kvm-channel.ts";
import { Picture } from "@vigil/wire/redirection/kvm-picture.ts";
import { ScreenReader, type ScreenEvent } from "@vigil/wire/redirection/kvm-screen-reader.ts";
import { decodePiece } from "@vigil/wire/redirection/kvm-stream.ts";
import { decodeTile, TileEncoder } from "@vigil/wire/redirection/kvm-tile.ts";
import { ViewerReader, type ViewerEvent } from "@vigil/wire/redirection/kvm-viewer-reader.ts";
import { encodeViewerMessage, type ViewerMessage } from "@vigil/wire/redirection/kvm.ts";
import {
  decodeRecordingHead,
  encodePieceHead,
  encodeRecordingHead,
  recordedPieces,
} from "@vigil/wire/redirection/screen-recording.ts";
import { NodeInflater } from "@vigil/wire/redirection/node-inflater.ts";
import { PlainInflater } from "@vigil/wire/redirection/plain-inflater.ts";
import { goldens } from "../goldens.ts";
import { agree, type FuzzTarget } from "../target.ts";
import { pieces } from "./http.ts";

// The screen: tiles, both directions of a session, and a device's side of it.

const words = [
  "\0",
  "\0\0\0\x10",
  "\xff\xff\xff\x21",
  "\0\x40\0\x40",
  "\0\x01\0\x01",
  "\x80",
  "\x82",
  "\x02",
  "\x03",
  "\xff",
];

/** A tile of 16 x 8, two bytes a pixel: what was read is written and read again. */
export const tile: FuzzTarget = {
  seeds: () => [1, 2, 3, 16, 100, 65_535].map((colours) => aTile(colours)),
  words,
  refusals: ["wire.kvm.malformed"],
  quick: 2_000,
  open: () => {
    const encoder = new TileEncoder();
    return {
      run(input) {
        const pixels = new Uint16Array(128);
        decodeTile(input, 16, 8, 2, pixels);
        const again = new Uint16Array(128);
        decodeTile(encoder.encode(pixels, 16, 8, 2), 16, 8, 2, again);
        agree("read again", again, pixels);
      },
    };
  },
};

function aTile(colours: number): Uint8Array {
  const pixels = Uint16Array.from({ length: 128 }, (_, index) => ((index >> 1) * 40_503) % colours);
  return new TileEncoder().encode(pixels, 16, 8, 2).slice();
}

/** A piece of a deflate stream: the inflater of browsers makes of it what zlib does, or refuses it. */
export const inflate: FuzzTarget = {
  seeds: () => [0, 1, 9].map((level) => deflateRawSync(aTile(16), { level, finishFlush: constants.Z_SYNC_FLUSH })),
  words,
  refusals: ["wire.kvm.malformed"],
  quick: 2_000,
  open: () => ({
    run(input) {
      const plain = Buffer.from(decodePiece(input, new PlainInflater()));
      agree("zlib", plain, Buffer.from(decodePiece(input, new NodeInflater())));
    },
  }),
};

/** Whole or in pieces, the same messages come from a viewer; and those that have been read can be written. */
export const viewer: FuzzTarget = {
  seeds: () => goldens("kvm/viewer.hex"),
  words,
  refusals: ["wire.kvm."],
  quick: 1_000,
  open: () => ({
    run(input) {
      const whole = [...new ViewerReader(false).push(input)];
      const reader = new ViewerReader(false);
      agree(
        "in pieces",
        [...pieces(input)].flatMap((piece) => [...reader.push(piece)]),
        whole,
      );
      for (const event of whole) {
        if (event.kind === "text") {
          const again = encodeChannelMessage(decodeChannelMessage(event.bytes));
          agree("text again", Buffer.from(again), Buffer.from(event.bytes));
        }
        if (isMessage(event)) encodeViewerMessage(event);
      }
    },
  }),
};

function isMessage(event: ViewerEvent): event is ViewerMessage {
  return !["version", "security", "response", "share"].includes(event.kind);
}

const small = Uint8Array.of(1, 0, 1, 0);

/** Whole or in pieces, the same comes from firmware; and all of its tiles can be drawn, or are refused. */
export const screen: FuzzTarget = {
  // Of a small screen: it is made anew for each input.
  seeds: () => goldens("kvm/screen.hex").map((one) => Buffer.concat([one.subarray(0, 18), small, one.subarray(22)])),
  words,
  refusals: ["wire.kvm."],
  quick: 200,
  open: () => ({
    run(input) {
      const whole = [...new ScreenReader(false).push(input)];
      const reader = new ScreenReader(false);
      agree(
        "in pieces",
        [...pieces(input)].flatMap((piece) => [...reader.push(piece)]),
        whole,
      );
      drawAll(whole);
    },
  }),
};

function drawAll(events: readonly ScreenEvent[]): void {
  let picture: Picture | undefined;
  for (const event of events) {
    const isLarge = (event.kind === "init" || event.kind === "size") && event.width * event.height > 100_000;
    if (isLarge) return;
    if (event.kind === "init") picture = new Picture(event.width, event.height, event.format, new NodeInflater());
    if (event.kind === "size") picture?.resize(event.width, event.height);
    if (event.kind === "tile") picture?.draw(event);
  }
}

/** What a viewer may send to a device that shows it its screen. */
export const session: FuzzTarget = {
  seeds: () => goldens("kvm/viewer.hex").map((one) => Buffer.concat([Buffer.from("4000000000000000", "hex"), one])),
  words,
  refusals: ["wire.kvm."],
  quick: 30,
  open: () => {
    const clock = testClock();
    const firmware = new Firmware({
      identity: identityOf("screen", 0),
      clock,
      keys: { next: () => "" },
      random: (bytes) => new Uint8Array(bytes),
      trustedRootHashes: [],
      domainSuffix: "example.test",
      powerDelayMs: 1_000,
    });
    return {
      run(input) {
        const caller = { username: "admin", channel: "tls", hasSetupCertificate: false } as const;
        const line = { firmware, caller, backlog: 0, isFull: false, send: () => {}, end: () => (isOver = true) };
        let isOver = false;
        const open = new KvmSession(line);
        try {
          for (const piece of pieces(input)) if (!isOver) open.receive(piece);
        } finally {
          open.closed();
        }
      },
      check() {
        agree("timers that wait", clock.pending(), 0);
        return Promise.resolve();
      },
    };
  },
};

/** A recording: what was read is written and read again. */
export const recording: FuzzTarget = {
  seeds: () => [aRecording([]), aRecording([3]), aRecording([0, 12, 300])],
  words: [...words, '"format":"vigil-screen"', '"version":1', "\n", "\x01"],
  refusals: ["wire.kvm.malformed"],
  quick: 1_000,
  open: () => ({
    run(input) {
      const { head, bytes } = decodeRecordingHead(input);
      const recorded = [...recordedPieces(input, bytes)];
      const parts = recorded.flatMap((one) => [encodePieceHead(one.atMs, one.side, one.bytes.length), one.bytes]);
      const file = Buffer.concat([encodeRecordingHead(head), ...parts]);
      const again = decodeRecordingHead(file);
      agree("head again", again.head, head);
      agree("pieces again", [...recordedPieces(file, again.bytes)].map(shownPiece), recorded.map(shownPiece));
    },
  }),
};

function shownPiece({ atMs, side, bytes }: { atMs: number; side: string; bytes: Uint8Array }): readonly unknown[] {
  return [atMs, side, Buffer.from(bytes).toString("hex")];
}

function aRecording(lengths: readonly number[]): Uint8Array {
  const parts = lengths.flatMap((length, index) => [
    encodePieceHead(index * 100, index % 2 === 0 ? "device" : "viewer", length),
    new Uint8Array(length).fill(index),
  ]);
  return Buffer.concat([encodeRecordingHead({ startedAt: 1_000, device: "d", hostName: null }), ...parts]);
}
