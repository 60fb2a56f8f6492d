import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { showScreen, type KvmSession } from "@vigil/amt-client/redirection/kvm.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { readAccount, signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { printJson } from "../output.ts";
import { pngOf } from "../png.ts";
import { openRelayed } from "../relayed-session.ts";
import { idOf } from "./devices.ts";

/** How long a whole picture may take. Chosen: firmware that compresses a large screen takes seconds. */
const limitMs = 30_000;

interface ScreenshotOptions {
  readonly screenshot: string;
  readonly takeOver?: true;
  readonly json?: true;
}

/** `vigil kvm DEVICE --screenshot FILE`: through the server, which alone knows the device's password. */
export function addScreenCommands(program: Command): void {
  program
    .command("kvm <device>")
    .description("what a device's screen shows now: by uuid, host name or address")
    .requiredOption("--screenshot <file>", "write it to this PNG file")
    .option("--take-over", "end the session of whoever has the screen now")
    .option("--json", "print JSON")
    .action(relayedScreenshot);
}

async function relayedScreenshot(name: string, { screenshot, takeOver, json }: ScreenshotOptions): Promise<void> {
  const client = signedInClient();
  const device = await idOf(client, name);
  const clock = systemClock();
  const how = { kind: "kvm", isViewOnly: true, takeOver: takeOver === true, clock } as const;
  const session = await openRelayed(client, readAccount(), device, how);
  await saveScreenshot(showScreen(session, { clock }), { file: screenshot, isJson: json === true });
}

/**
 * Writes what the screen shows now to a PNG file, and ends the session.
 * @throws cli.usage.wrong (caller) when the file cannot be written, amt.answer.timeout, amt.kvm.unreadable (device), amt.redirection.closed (network)
 */
export async function saveScreenshot(
  opening: Promise<KvmSession>,
  { file, isJson }: { readonly file: string; readonly isJson: boolean },
): Promise<void> {
  using kvm = await opening;
  using limit = systemClock().deadline(limitMs, () => fail("cli.screen.late"));
  const { width, height, rgba } = await kvm.picture(limit.signal);
  const png = pngOf({ width, height, rgba });
  try {
    writeFileSync(file, png);
  } catch (cause) {
    throw fail("cli.usage.wrong", { message: `Cannot write ${file}`, cause });
  }
  if (isJson) return printJson({ file, width, height, bytes: png.length });
  process.stderr.write(`${file}: ${width} x ${height}\n`);
}
