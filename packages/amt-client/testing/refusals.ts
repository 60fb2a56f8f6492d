import assert from "node:assert/strict";
import { VigilError } from "@vigil/base/errors.ts";

/** For assert.rejects: an error with that code, and with at least those details. */
export function errorWith(code: string, details: Readonly<Record<string, unknown>> = {}): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof VigilError, String(error));
    assert.equal(error.code, code);
    assert.partialDeepStrictEqual(error.details, details);
    return true;
  };
}
