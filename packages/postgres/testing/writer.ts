import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { openPostgres } from "../postgres.ts";

// `node writer.ts FOLDER ROUND`: inserts rows for ever, and prints each number once its commit has been acknowledged.

const [directory = "", round = "0"] = process.argv.slice(2);
const postgres = await openPostgres({ directory }, { clock: systemClock(), log: silentLog() });
await postgres.execute("create table if not exists written (n integer primary key, round integer not null)", []);
for (let n = Number(round) * 1_000_000; ; n += 1) {
  await postgres.execute("insert into written values ($1, $2)", [n, Number(round)]);
  process.stdout.write(`${n}\n`);
}
