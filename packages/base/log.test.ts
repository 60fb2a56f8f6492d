import assert from "node:assert/strict";
import { test } from "node:test";
import { testClock } from "./clock.ts";
import { jsonLog } from "./log.ts";

test("a log line is one JSON object with time, level, message and fields", () => {
  const lines: string[] = [];
  const log = jsonLog({ write: (line) => lines.push(line), clock: testClock(0), level: "info" });
  log.debug("not shown");
  log.with({ device: "d1" }).warn("slow\nanswer", { ms: 12, error: new Error("late", { cause: new Error("cable") }) });
  assert.equal(lines.length, 1);
  const line: unknown = JSON.parse(lines[0] ?? "");
  assert.ok(typeof line === "object" && line !== null && "error" in line);
  assert.partialDeepStrictEqual(line, {
    time: "1970-01-01T00:00:00.000Z",
    level: "warn",
    message: "slow\nanswer",
    device: "d1",
    ms: 12,
    error: { message: "late", cause: { message: "cable" } },
  });
});
