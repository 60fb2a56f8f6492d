import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { VigilError } from "@vigil/base/errors.ts";
import { MessageReader, type Framing } from "../redirection/messages.ts";

/** The bytes of `goldens/redirection/NAME.hex`. */
export function golden(name: string): Uint8Array {
  const text = readFileSync(new URL(`../goldens/redirection/${name}.hex`, import.meta.url), "latin1");
  return new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));
}

/** Bytes written as hex digits, with blanks where they help. */
export function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
}

/** All messages, however the bytes are cut. */
export function readAll<T>(framing: Framing<T>, bytes: Uint8Array, cut: number): T[] {
  const reader = new MessageReader(framing);
  const found: T[] = [];
  for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
    reader.push(part);
    for (let one = reader.next(); one !== undefined; one = reader.next()) found.push(one);
  }
  assert.equal(reader.rest().length, 0);
  return found;
}

/** The code with which it is refused. */
export function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof VigilError, String(error));
    return error.code;
  }
  return assert.fail("was accepted");
}
