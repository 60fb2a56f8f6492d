import { parseArgs } from "node:util";
import { constants, deflateRawSync } from "node:zlib";
import { mostTileSide, TileEncoder } from "@vigil/wire/redirection/kvm-tile.ts";
import { FrameBuffer } from "@vigil/virtual-device/host/frame-buffer.ts";

// How long a whole screen of 1024 x 768 takes to become tiles, next to the floor: zlib's fastest deflate of the same pixels in one
// go. Three pictures, because both depend on what they are given: a virtual host's desktop, a page of text, and noise. Rounds of
// both alternate, and the fastest of each are compared: what else the machine does can only add to a round. The bytes of both are told, too: tiles are deflated once more before they leave.

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "31" }, json: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error("usage: node bench/kvm-tiles.ts [--rounds 31] [--json]");
  process.exit(2);
}

const width = 1024;
const height = 768;
const encoder = new TileEncoder();
const tile = new Uint16Array(mostTileSide * mostTileSide);

const results = Object.entries({ desktop: desktop(), text: text(), noise: noise() }).map(([picture, pixels]) => {
  const times: { readonly tiles: number[]; readonly deflate: number[] } = { tiles: [], deflate: [] };
  let bytes = { tiles: 0, deflate: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const first = performance.now();
    const tiles = tilesOf(pixels);
    const second = performance.now();
    const deflate = deflated(pixels);
    times.deflate.push(performance.now() - second);
    times.tiles.push(second - first);
    bytes = { tiles, deflate };
  }
  const milliseconds = { tiles: fastest(times.tiles), deflate: fastest(times.deflate) };
  return { picture, milliseconds, bytes, ratio: rounded(milliseconds.tiles / milliseconds.deflate) };
});

if (values.json) console.log(JSON.stringify({ rounds, results }));
else {
  for (const { picture, milliseconds, bytes, ratio } of results) {
    console.log(
      `${picture}: tiles ${milliseconds.tiles} ms, ${bytes.tiles} bytes; deflate ${milliseconds.deflate} ms, ${bytes.deflate} bytes; ratio ${ratio}`,
    );
  }
  console.log(`fastest of ${rounds} rounds, one thread, Node ${process.version}`);
}

function tilesOf(pixels: Uint16Array): number {
  let bytes = 0;
  for (let y = 0; y < height; y += mostTileSide) {
    for (let x = 0; x < width; x += mostTileSide) {
      for (let line = 0; line < mostTileSide; line += 1) {
        const from = (y + line) * width + x;
        tile.set(pixels.subarray(from, from + mostTileSide), line * mostTileSide);
      }
      bytes += encoder.encode(tile, mostTileSide, mostTileSide, 2).length;
    }
  }
  return bytes;
}

function deflated(pixels: Uint16Array): number {
  const bytes = new Uint8Array(pixels.buffer);
  return deflateRawSync(bytes, { level: constants.Z_BEST_SPEED, finishFlush: constants.Z_SYNC_FLUSH }).length;
}

function desktop(): Uint16Array {
  const frame = new FrameBuffer();
  const lines = ["Directory of C:\\", "", "autoexec.bat  config.sys  command.com"];
  frame.draw({
    width,
    height,
    isOn: true,
    title: "bench",
    clock: "12:00:00",
    lines,
    block: { x: 400, y: 300 },
    pointer: { x: 10, y: 500, buttons: 0 },
  });
  return frame.pixels;
}

/** Two colours in short runs, as letters have them. */
function text(): Uint16Array {
  return Uint16Array.from({ length: width * height }, (_, at) => {
    const x = at % width;
    const y = Math.floor(at / width);
    return y % 16 < 12 && (x * 7 + y * 13 + (x >> 3) * (y >> 4)) % 11 < 4 ? 0xff_ff : 0;
  });
}

function noise(): Uint16Array {
  let state = 1;
  return Uint16Array.from({ length: width * height }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  });
}

function fastest(numbers: readonly number[]): number {
  return rounded(Math.min(...numbers));
}

function rounded(number: number): number {
  return Math.round(number * 100) / 100;
}
