import { writeFileSync } from "node:fs";
import type { KvmSession } from "@vigil/amt-client/redirection/kvm.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { fail } from "../errors.ts";
import { printJson } from "../output.ts";
import { pngOf } from "../png.ts";

/** How long a whole picture may take. Chosen: firmware that compresses a large screen takes seconds. */
const limitMs = 30_000;

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
