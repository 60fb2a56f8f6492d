import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { systemClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { silentLog } from "@vigil/base/log.ts";
import { openPostgres, type Postgres } from "./postgres.ts";

const root = mkdtempSync(join(tmpdir(), "vigil-embedded-"));
after(() => rmSync(root, { recursive: true, force: true }));

function open(directory: string): Promise<Postgres> {
  return openPostgres({ directory }, { clock: systemClock(), log: silentLog() });
}

const writer = join(import.meta.dirname, "testing/writer.ts");

test("kill -9 at a random moment loses no row that was acknowledged", async () => {
  const directory = join(root, "killed");
  for (let round = 1; round <= 4; round += 1) {
    const acknowledged = await writeUntilKilled(directory, round, 20 + Math.floor(Math.random() * 200));
    await using postgres = await open(directory);
    const { rows } = await postgres.execute("select n from written where round = $1", [round]);
    const found = new Set(
      rows.map((row) => (typeof row === "object" && row !== null && "n" in row ? row.n : undefined)),
    );
    assert.deepEqual(
      acknowledged.filter((n) => !found.has(n)),
      [],
      `round ${round}`,
    );
  }
});

/** @returns the numbers that were acknowledged by the time of the kill */
function writeUntilKilled(directory: string, round: number, rows: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const args = [writer, directory, String(round)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const acknowledged: number[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => {
      acknowledged.push(Number(line));
      if (acknowledged.length === rows) child.kill("SIGKILL");
    });
    child.once("error", reject);
    child.once("close", () =>
      acknowledged.length >= rows ? resolve(acknowledged) : reject(new Error("the writer ended")),
    );
  });
}

test("a folder in use by another process is refused, and free again once that has died", async () => {
  const directory = join(root, "shared");
  const first = await open(directory);
  await assert.rejects(open(directory), inUse);
  const other = spawn(process.execPath, [writer, directory, "1"], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  other.stderr.on("data", (text) => (said += String(text)));
  const code = await new Promise((resolve) => other.once("close", resolve));
  assert.notEqual(code, 0);
  assert.match(said, /in use by another Vigil process/);
  await first.close();
  const second = await open(directory);
  await second.close();
});

function inUse(error: unknown): boolean {
  return error instanceof VigilError && error.code === "postgres.directory.in-use";
}
