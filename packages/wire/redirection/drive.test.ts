import assert from "node:assert/strict";
import { test } from "node:test";
import { decodePacket, senses } from "./atapi.ts";
import { Drive, type DriveAnswer } from "./drive.ts";

const cd = { bytes: 64 * 2048, isWritable: false };
const floppy = { bytes: 2880 * 512, isWritable: true };

function asked(drive: Drive, packet: string): DriveAnswer {
  return drive.answer(decodePacket(new Uint8Array(Buffer.from(packet.padEnd(24, "0"), "hex"))));
}

function dataOf(answer: DriveAnswer): string {
  assert.ok(answer.kind === "data", answer.kind);
  return Buffer.from(answer.data).toString("hex");
}

test("a medium that was put in is announced once, an empty drive is never ready", () => {
  const drive = new Drive("cd", cd);
  assert.deepEqual(asked(drive, "00"), { kind: "sense", sense: senses.mediumChanged });
  assert.deepEqual(asked(drive, "00"), { kind: "done" });
  const empty = new Drive("cd", undefined);
  for (const packet of ["00", "25", "2800000000000000010000", "43"]) {
    assert.deepEqual(asked(empty, packet), { kind: "sense", sense: senses.noMedium }, packet);
  }
});

test("the capacity is the last block and the size of one, as managers in use say it", () => {
  assert.equal(dataOf(asked(new Drive("cd", cd), "25")), "0000003f00000800");
  assert.equal(dataOf(asked(new Drive("floppy", floppy), "25")), "00000b3f00000200");
  assert.equal(dataOf(asked(new Drive("floppy", floppy), "23000000000000000c")), "0000000800000b4002000200");
});

test("the table of contents has one track and its end, by number or by time, and is cut to what is asked for", () => {
  const drive = new Drive("cd", cd);
  const whole = "0012010100140100000000000014aa0000000040";
  assert.equal(dataOf(asked(drive, "430000000000010040")), whole);
  assert.equal(dataOf(asked(drive, "430000000000010004")), whole.slice(0, 8));
  assert.equal(dataOf(asked(drive, "430200000000000040")), "0012010100140100000002000014aa0000000240");
  assert.equal(dataOf(asked(drive, "43000100000000000c")), "000a01010014010000000000");
  assert.deepEqual(asked(drive, "430002000000000040"), { kind: "sense", sense: senses.badField });
  assert.deepEqual(asked(new Drive("floppy", floppy), "430000000000000040"), {
    kind: "sense",
    sense: senses.unknownCommand,
  });
});

test("events, configuration and pages have the lengths that they announce", () => {
  const drive = new Drive("cd", cd);
  assert.equal(dataOf(asked(drive, "4a0100001000000008")), "0006041000020000");
  assert.equal(dataOf(asked(drive, "4a0100000100000008")), "00028010");
  assert.deepEqual(asked(drive, "4a0000001000000008"), { kind: "sense", sense: senses.badField });
  const features = dataOf(asked(drive, "4600000000000000ff"));
  assert.equal(Number.parseInt(features.slice(0, 8), 16), features.length / 2 - 4);
  assert.equal(features.slice(12, 16), "0008");
  for (const [one, pages] of [
    [drive, ["3f", "01", "1a", "1d", "2a"]],
    [new Drive("floppy", floppy), ["3f", "01", "05"]],
  ] as const) {
    for (const page of pages) {
      const long = dataOf(asked(one, `5a00${page}000000000ff0`));
      assert.equal(Number.parseInt(long.slice(0, 4), 16), long.length / 2 - 2, page);
      const short = dataOf(asked(one, `1a00${page}00ff`));
      assert.equal(Number.parseInt(short.slice(0, 2), 16), short.length / 2 - 1, page);
      assert.equal(short.slice(8), long.slice(16));
    }
    assert.deepEqual(asked(one, "5a0030000000000ff0"), { kind: "sense", sense: senses.badField });
  }
});

test("reads and writes go where they say, inside the medium and where it may be written", () => {
  const drive = new Drive("floppy", floppy);
  assert.deepEqual(asked(drive, "28000000000a000002"), { kind: "read", offset: 5_120, length: 1_024 });
  assert.deepEqual(asked(drive, "2a000000000a000002"), { kind: "write", offset: 5_120, length: 1_024 });
  assert.deepEqual(asked(drive, "280000000b3f000002"), { kind: "sense", sense: senses.outOfRange });
  assert.deepEqual(asked(drive, "28000000000a000000"), { kind: "done" });
  assert.deepEqual(asked(new Drive("cd", cd), "2a000000000a000001"), { kind: "sense", sense: senses.writeProtected });
  assert.deepEqual(asked(drive, "1b00000002"), { kind: "done" });
  assert.deepEqual(asked(drive, "1e00000001"), { kind: "done" });
  for (const packet of ["4c", "51", "55", "ac"]) {
    assert.deepEqual(asked(drive, packet), { kind: "sense", sense: senses.unknownCommand }, packet);
  }
});
