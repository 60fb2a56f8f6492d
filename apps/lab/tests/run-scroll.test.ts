import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { executeIn, openPostgres } from "@vigil/postgres/postgres.ts";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { setStage, type Stage } from "../stage.ts";

// A run of 20,000 devices and four steps, put into the store: its list scrolls without a frame that the eye would notice.

const devices = 20_000;
const run = randomUUID();
/** As the console is asked to be: longer, and scrolling is seen to stutter. */
const longestFrameMs = 50;
const mostPasses = 5;
/** What else a machine does may delay a frame of one pass; what the page does delays one of each. */
const enough = 2;
let stage: Stage;
let browser: BrowserPage;
let page: Page;

before(async () => {
  stage = await setStage({ devices: 0 });
  await stage.server.stop();
  await putRun(join(stage.data, "database"));
  await stage.restart();
  browser = await openConsole(stage);
  ({ page } = browser);
  await page.goto(`${stage.url}/jobs/${run}`);
  await page.getByText("20,000 of 20,000 done").waitFor();
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

test("the failing devices stand first, and every step says how many devices it had", async () => {
  await page.getByRole("grid", { name: "Results" }).getByRole("row").nth(1).getByText("failed").waitFor();
  const steps = page.getByRole("list", { name: "Steps" });
  await steps.getByRole("listitem").filter({ hasText: "2. Await" }).getByText("600 failed").waitFor();
  await look(page, "huge");
});

test("20,000 rows scroll from the first to the last, and no frame takes longer than 50 ms", async (context) => {
  // The first pass warms what is compiled at its first use; each later one is a user's.
  await scrolled(page);
  const best: number[] = [];
  for (let pass = 1; pass <= mostPasses && best.length < enough; pass += 1) {
    // A machine that keeps even a page waiting that does nothing says nothing of this one.
    const idleBefore = await scrolled(page, 0);
    const { frames, longest, late } = await scrolled(page);
    const idleAfter = await scrolled(page, 0);
    const isQuiet = Math.max(idleBefore.longest, idleAfter.longest) <= longestFrameMs;
    const words = `${frames} frames, longest ${longest.toFixed(1)} ms, ${late} over 50 ms`;
    context.diagnostic(`pass ${pass}: ${words}${isQuiet ? "" : "; the machine is busy with other things"}`);
    if (isQuiet) best.push(longest);
  }
  const longest = Math.min(...best);
  // The browser, the page's worker and the server alone want most of a small machine.
  const isBusy = best.length < enough || (loadavg()[0] ?? 0) > availableParallelism() / 2;
  if (longest > longestFrameMs && isBusy) return context.skip("the machine is too busy with other things to measure");
  assert.ok(longest <= longestFrameMs, `the longest frame took ${longest.toFixed(1)} ms`);
});

test("the end of the list is a key away, and the rows there arrive", async () => {
  const table = page.getByRole("grid", { name: "Results" });
  await table.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("End");
  await page.getByRole("row").filter({ hasText: "pc-19999" }).waitFor();
});

interface Pass {
  readonly frames: number;
  readonly longest: number;
  readonly late: number;
}

/** Scrolls the list in some 300 frames, and says how long they took from one to the next. @param share 1: to its end; 0: only waits */
async function scrolled(shown: Page, share = 1): Promise<Pass> {
  const found: unknown = await shown.evaluate(`new Promise((done) => {
    const box = document.querySelector('[role="grid"]');
    box.scrollTop = 0;
    const gaps = [];
    const step = ((box.scrollHeight - box.clientHeight) / 300) * ${share};
    let before;
    const frame = (now) => {
      if (before !== undefined) gaps.push(now - before);
      before = now;
      box.scrollTop += step;
      if (gaps.length < 300) requestAnimationFrame(frame);
      else done({ frames: gaps.length, longest: Math.max(...gaps), late: gaps.filter((one) => one > ${longestFrameMs}).length });
    };
    requestAnimationFrame(frame);
  })`);
  // The page has made it just above.
  return found as Pass;
}

async function putRun(directory: string): Promise<void> {
  const database = await openPostgres({ directory }, { clock: systemClock(), log: silentLog() });
  try {
    const definition = {
      steps: [
        { name: "Wake", do: "power.on" },
        { name: "Await", waitFor: { power: "on" } },
        { name: "Look", do: "profile.look" },
        { name: "Back", restore: "power" },
      ],
    };
    await database.transaction(async (tx) => {
      await executeIn(
        tx,
        `insert into runs (id, title, operation, definition, limits, target, started_by, state, total, created_at, finished_at, wave)
         values ($1, 'Wake and look', null, $2::jsonb, '{"waves":[5,100]}', 'All', 'owner', 'finished', $3, now() - interval '1 hour', now(), 2)`,
        [run, JSON.stringify(definition), devices],
      );
      await executeIn(
        tx,
        `insert into run_items (run, device, host_name, address, outcome, wave, step, answer, error, power_before, started_at, finished_at)
         select $1, gen_random_uuid(), 'pc-' || lpad(n::text, 5, '0'), '10.0.' || n / 250 || '.' || n % 250 + 1,
           case when n % 33 = 0 and n < 19800 then 'failed' else 'succeeded' end, case when n < 1000 then 1 else 2 end,
           case when n % 33 = 0 and n < 19800 then 1 end, case when n % 33 > 0 or n >= 19800 then 'As its profile says' end,
           case when n % 33 = 0 and n < 19800 then $3::jsonb end, 'off', now() - interval '30 min', now()
         from generate_series(0, $2::integer - 1) as n`,
        [run, devices, JSON.stringify(refusal)],
      );
      await executeIn(
        tx,
        `insert into run_waves (run, wave, total, queued, waiting, running, succeeded, failed, unknown, cancelled)
         select run, wave, count(*), count(*), 0, 0, count(*) filter (where outcome = 'succeeded'),
           count(*) filter (where outcome = 'failed'), 0, 0
         from run_items where run = $1 group by run, wave`,
        [run],
      );
      await executeIn(
        tx,
        `insert into run_steps (run, device, position, attempt, outcome, started_at, finished_at)
         select run, device, position, 1, case when position = 1 and outcome = 'failed' then 'failed' else 'succeeded' end, now(), now()
         from run_items, generate_series(0, 3) as position where run = $1 and (outcome = 'succeeded' or position <> 2)`,
        [run],
      );
    });
  } finally {
    await database.close();
  }
}

const refusal = {
  code: "amt.connect.timeout",
  side: "network",
  message: "The device did not answer in time",
  next: "Look whether it has power and a cable",
  details: {},
};
