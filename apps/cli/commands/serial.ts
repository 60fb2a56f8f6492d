import type { Readable, Writable } from "node:stream";
import type { ReadStream } from "node:tty";
import type { AmtDevice } from "@vigil/amt-client/device.ts";
import type { SerialLines } from "@vigil/amt-client/redirection/sol.ts";

/** Control and ]: as telnet and amtterm are left. */
const leaveKey = 0x1d;
/** For how long a line that was lost is opened again. */
const resumeForMs = 60_000;

/** Where keys come from, and where the host's output and our own remarks go. */
export interface Terminal {
  readonly keys: Readable & Partial<Pick<ReadStream, "setRawMode" | "isTTY">>;
  readonly screen: Writable;
  readonly remarks: Writable;
}

/**
 * The serial line of a device's host on this terminal, until the leave key, the end of the keys, or the end of the line.
 * @throws as device.sessions.serialLine, and what the line fails with
 */
export async function showSerialLine(device: AmtDevice, { keys, screen, remarks }: Terminal): Promise<void> {
  const remark = (text: string): void => void remarks.write(`\r\n[${text}]\r\n`);
  let last: SerialLines | undefined;
  const line = await device.sessions.serialLine({
    resumeForMs,
    onResume: (state) => remark(state === "lost" ? "the line was lost, opening it again" : "the line is back"),
    onLines(lines) {
      if (last?.isPoweredOn !== lines.isPoweredOn)
        remark(lines.isPoweredOn ? "the machine is on" : "the machine is off");
      if (lines.hasOverflowed) remark("some output was lost: it came faster than it was taken");
      last = lines;
    },
  });
  remark("connected; Control and ] leaves");
  const onKeys = (bytes: Buffer): void => {
    const leave = bytes.indexOf(leaveKey);
    const typed = leave < 0 ? bytes : bytes.subarray(0, leave);
    // Who types faster than the device takes waits, as at any terminal.
    if (!line.write(typed) && leave < 0) {
      keys.pause();
      line.once("drain", () => keys.resume());
    }
    if (leave >= 0) line.end();
  };
  const onEnd = (): void => void line.end();
  keys.setRawMode?.(true);
  keys.on("data", onKeys).once("end", onEnd);
  try {
    // The screen is not ours to end.
    for await (const bytes of line) if (!screen.write(bytes)) await drained(screen);
  } finally {
    keys.off("data", onKeys).off("end", onEnd).pause();
    keys.setRawMode?.(false);
    line.destroy();
    remark("closed");
  }
}

function drained(screen: Writable): Promise<void> {
  return new Promise((resolve) => screen.once("drain", resolve));
}
