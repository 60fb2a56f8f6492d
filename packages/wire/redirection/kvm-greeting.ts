import { fail } from "../errors.ts";
import type { ByteQueue } from "./byte-queue.ts";
import { versionText } from "./kvm.ts";

/** The version that either side names first; undefined until all of it is there. @throws wire.kvm.malformed (device) */
export function takeVersion(queue: ByteQueue): string | undefined {
  const bytes = queue.take(versionText.length);
  if (bytes === undefined) return undefined;
  const text = String.fromCharCode(...bytes);
  if (!/^RFB \d{3}\.\d{3}\n$/.test(text)) throw malformed(0, "a version of RFB", text);
  return text;
}

export function malformed(offset: number, expected: string, got: number | string): Error {
  return fail("wire.kvm.malformed", { details: { offset, expected, got } });
}
