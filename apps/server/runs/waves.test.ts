import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { limitsInForce } from "@vigil/api/resources/job-definition.ts";
import { firstFed, mostFed, mostQueued, roomFor, waveSizes, whyStop, type WaveCounts } from "./waves.ts";

function aWave(counts: Partial<WaveCounts>): WaveCounts {
  const none = { wave: 1, total: 100, queued: 0, waiting: 0, running: 0, succeeded: 0, failed: 0, unknown: 0 };
  return { ...none, cancelled: 0, ...counts };
}

test("waves hold every device once, and none is empty", () => {
  const shares = fc
    .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 9 })
    .map((all) => [...all.sort((a, b) => a - b), 100]);
  const property = fc.property(fc.integer({ min: 1, max: 30_000 }), shares, (total, waves) => {
    const sizes = waveSizes(total, { waves });
    assert.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      total,
    );
    assert.ok(sizes.every((size) => size > 0) && sizes.length <= waves.length);
  });
  fc.assert(property);
  assert.deepEqual(waveSizes(500, { waves: [1, 10, 100] }), [5, 45, 450]);
  assert.deepEqual(waveSizes(3, { waves: [1, 100] }), [1, 2]);
  assert.deepEqual(waveSizes(0, {}), [0]);
});

test("a share of failures says nothing before enough have ended, unless the wave is over", () => {
  const limits = { stopAtFailurePercent: 10 };
  assert.equal(whyStop(aWave({ failed: 5, waiting: 95 }), limits), null);
  assert.match(
    whyStop(aWave({ failed: 2, unknown: 1, succeeded: 10, waiting: 87 }), limits) ?? "",
    /^3 of 13 in wave 1/,
  );
  assert.equal(
    whyStop(aWave({ failed: 1, succeeded: 9, waiting: 90 }), limits),
    null,
    "ten percent is not more than ten",
  );
  assert.match(whyStop(aWave({ total: 2, failed: 2 }), limits) ?? "", /^2 of 2/);
  assert.equal(whyStop(aWave({ failed: 100 }), {}), null);
  assert.match(whyStop(aWave({ failed: 1, waiting: 99 }), { stopAtFailurePercent: 0, stopAfter: 1 }) ?? "", /^1 of 1/);
});

test("no more are queued than may be under way, wait in the wave, or fit in the queue", () => {
  const room = (limits: Parameters<typeof roomFor>[0]["limits"], wave: WaveCounts): number =>
    roomFor({ limits, wave: 1, nextBeginAt: null }, [wave], 0).count;
  assert.equal(room({}, aWave({ waiting: 30_000 })), firstFed);
  assert.equal(room({}, aWave({ waiting: 30_000, queued: 10, running: 64 })), mostFed);
  assert.equal(room({}, aWave({ waiting: 30_000, queued: mostQueued - 7, running: 64 })), 7);
  assert.equal(room({}, aWave({ waiting: 40, queued: 15 })), 25);
  assert.equal(room({ atOnce: 10 }, aWave({ waiting: 40, queued: 3, running: 5 })), 2);
  assert.equal(room({ atOnce: 10 }, aWave({ waiting: 40, running: 12 })), 0);
});

test("however it is fed, a run begins no more devices than its rate allows", () => {
  const property = fc.property(
    fc.double({ min: 0.2, max: 50, noNaN: true }),
    fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 40 }),
    (perSecond, gaps) => {
      let now = 0;
      let begun = 0;
      let nextBeginAt: Date | null = null;
      for (const gap of gaps) {
        now += gap;
        const room = roomFor({ limits: { perSecond }, wave: 1, nextBeginAt }, [aWave({ waiting: 1_000_000 })], now);
        begun += room.count;
        if (room.count > 0) nextBeginAt = room.nextBeginAt;
      }
      // A second's worth at once, since nobody looks more often.
      assert.ok(begun <= (now / 1000 + 1) * perSecond + 1, `${begun} in ${now} ms at ${perSecond}/s`);
    },
  );
  fc.assert(property);
});

test("waves that name no failure rate have the usual one, which only a word takes away", () => {
  const waves = [10, 100];
  const failed = aWave({ failed: 2, succeeded: 8, waiting: 90 });
  assert.match(whyStop(failed, limitsInForce({ waves })) ?? "", /more than 10 %/);
  assert.equal(whyStop(failed, limitsInForce({ waves, stopAtFailurePercent: "never" })), null);
  assert.equal(whyStop(failed, limitsInForce({ waves, stopAtFailurePercent: 20 })), null);
  assert.equal(whyStop(failed, limitsInForce({})), null, "without waves nothing is usual");
  // A first wave of one device says all that it will ever say.
  assert.match(whyStop(aWave({ total: 1, failed: 1 }), limitsInForce({ waves })) ?? "", /^1 of 1 in wave 1/);
});
