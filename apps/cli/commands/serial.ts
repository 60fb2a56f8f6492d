import type { Readable, Writable } from "node:stream";
import type { ReadStream } from "node:tty";
import type { Command } from "commander";
import {
  openRelayedLine,
  type RelayedLineOptions,
  type SerialLine,
  type SerialLines,
} from "@vigil/amt-client/redirection/sol.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { readAccount, signedInClient } from "../account.ts";
import { openRelayed } from "../relayed-session.ts";
import { idOf } from "./devices.ts";

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

/** What is told of a line while it is open. */
export type LineNews = Pick<RelayedLineOptions, "resumeForMs" | "onResume" | "onLines">;

/** `vigil sol DEVICE`: through the server, which alone knows the device's password. */
export function addSerialCommands(program: Command): void {
  program
    .command("sol <device>")
    .description("the serial line of a device's host on this terminal: by uuid, host name or address")
    .option("--take-over", "end the session of whoever has the line now")
    .action(relayedLine);
}

async function relayedLine(name: string, { takeOver }: { readonly takeOver?: true }): Promise<void> {
  const client = signedInClient();
  const account = readAccount();
  const device = await idOf(client, name);
  const clock = systemClock();
  // A line that was lost is our own until the server has noticed: it is taken over.
  let isAgain = takeOver === true;
  await showSerialLine(
    (news) =>
      openRelayedLine({
        ...news,
        clock,
        open(signal) {
          const how = { kind: "sol" as const, takeOver: isAgain, clock, ...(signal === undefined ? {} : { signal }) };
          isAgain = true;
          return openRelayed(client, account, device, how);
        },
      }),
    { keys: process.stdin, screen: process.stdout, remarks: process.stderr },
  );
}

/**
 * The serial line of a device's host on this terminal, until the leave key, the end of the keys, or the end of the line.
 * @throws what `open` does, and what the line fails with
 */
export async function showSerialLine(
  open: (news: LineNews) => Promise<SerialLine>,
  { keys, screen, remarks }: Terminal,
): Promise<void> {
  const remark = (text: string): void => void remarks.write(`\r\n[${text}]\r\n`);
  let last: SerialLines | undefined;
  const line = await open({
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
