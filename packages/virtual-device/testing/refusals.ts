import assert from "node:assert/strict";
import { VigilError } from "@vigil/base/errors.ts";

/** For assert.rejects: a fault that says this PT_STATUS. */
export function withStatus(status: number): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof VigilError, String(error));
    assert.equal(error.code, "wsman.fault.internalError");
    assert.equal(error.details["amtStatus"], status);
    return true;
  };
}
