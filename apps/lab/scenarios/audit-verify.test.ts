import assert from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { openPostgres } from "@vigil/postgres/postgres.ts";
import { runVigil } from "../programs.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, type Stage } from "../stage.ts";

interface Verified {
  readonly checked: number;
  readonly findings: readonly { readonly kind: string; readonly first: number; readonly last: number }[];
}

async function verify(stage: Stage): Promise<{ readonly code: number; readonly verified: Verified }> {
  const env = { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token };
  const { code, stdout, stderr } = await runVigil(["audit", "verify", "--json"], env);
  assert.equal(stderr, "");
  return { code, verified: JSON.parse(stdout) };
}

/** Does it in the server's own database, while the server is down, as somebody with the disk in hand would. */
async function byHand(stage: Stage, sql: string): Promise<void> {
  await stage.server.stop();
  const directory = join(stage.data, "database");
  const postgres = await openPostgres({ directory }, { clock: systemClock(), log: silentLog() });
  try {
    await postgres.execute(sql);
  } finally {
    await postgres.close();
  }
  await stage.restart();
}

export default defineScenario({
  name: "audit-verify",
  story:
    "an entry of the activity log that somebody edits, deletes or inserts by hand is named by `vigil audit verify`",
  smallSize: 2,
  async play({ devices, say }) {
    await using stage = await setStage({ devices });
    say("many write at once: the chain stays one");
    const names = Array.from({ length: 40 }, (_, index) => `key ${index}`);
    const write = (name: string) => stage.client.access.createKey({ body: { name } });
    const isOver = { is: false };
    const writing = Promise.all(names.map(write)).finally(() => (isOver.is = true));
    let looks = 0;
    while (!isOver.is) {
      const { findings } = await stage.client.audit.verify({ query: { limit: 3 } });
      assert.deepEqual(findings, []);
      looks += 1;
    }
    await writing;
    const whole = await verify(stage);
    assert.deepEqual(whole.verified.findings, []);
    assert.equal(whole.code, 0);
    assert.ok(whole.verified.checked > names.length);

    say("one is edited by hand");
    const { items } = await stage.client.audit.list({ query: { action: "access.key-created", limit: 10 } });
    const edited = items.at(-1)?.id ?? 0;
    await byHand(stage, `update audit_entries set actor = 'nobody' where id = ${edited}`);
    const told = await verify(stage);
    assert.deepEqual(told.verified.findings, [{ kind: "edited", first: edited, last: edited }]);
    assert.equal(told.code, 1);
    const inWords = await runVigil(["audit", "verify"], { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token });
    assert.match(inWords.stdout, new RegExp(`Entry ${edited} was edited`));

    say("the newest are deleted, then one is put where the next would be");
    const [newest] = (await stage.client.audit.list({ query: { limit: 1 } })).items;
    const last = newest?.id ?? 0;
    await byHand(stage, `delete from audit_entries where id = ${last}`);
    const afterDeletion = await verify(stage);
    assert.ok(
      afterDeletion.verified.findings.some(({ kind, first }) => kind === "deleted" && first === last),
      JSON.stringify(afterDeletion.verified.findings),
    );
    const highest = afterDeletion.verified.checked;
    const columns = "at, actor, action, device, summary, details, hash, path";
    await byHand(
      stage,
      `insert into audit_entries (id, ${columns}) select ${highest + 1}, ${columns} from audit_entries where id = 2`,
    );
    await stage.client.access.createKey({ body: { name: "after all" } });
    const { verified } = await verify(stage);
    assert.ok(
      verified.findings.some(({ kind, first }) => kind === "inserted" && first === highest + 1),
      JSON.stringify(verified.findings),
    );
    return { entries: verified.checked, looksMeanwhile: looks, findings: verified.findings.length };
  },
});
