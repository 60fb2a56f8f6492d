import type { LaneOptions, Work } from "@vigil/work/work.ts";
import { Carrier, Shares, type CarrierDeps } from "./engine/carrier.ts";
import type { ItemLane } from "./engine/course.ts";
import { moveOf } from "./engine/share.ts";
import { keyOf, type MovesStore } from "./moves.store.ts";
import { readingLane, readingsLane } from "./steps/reading.ts";

interface ItemPayload {
  readonly run: string;
  readonly device: string;
}

export const itemLanes = { short: "run-items", long: "run-items-long" } as const satisfies Readonly<
  Record<ItemLane, string>
>;

/**
 * Devices at once. Chosen: a device answers a question in some ten milliseconds, and a dead one takes a hand for its whole deadline; a walk keeps the server
 * itself at work, as provisioning does.
 */
const concurrency = { short: 64, long: 16 } as const satisfies Readonly<Record<ItemLane, number>>;
const leaseSeconds = { short: 90, long: 15 * 60 } as const satisfies Readonly<Record<ItemLane, number>>;
/** A share that could not even be written down, over and over, is tried again after this long. */
const exhaustedMs = 60_000;

/** Whether the items of this lane are devices' shares of runs. */
export function isRunLane(lane: string): boolean {
  return lane === itemLanes.short || lane === itemLanes.long;
}

/** One item is one device's share of a run, from wherever it stands until it ends or waits for something. */
export async function defineItemLanes(work: Work, deps: CarrierDeps, store: MovesStore): Promise<void> {
  const shares = new Shares(store);
  const hands = new Map<string, Promise<void>>();
  for (const lane of ["short", "long"] as const)
    await work.define(itemLanes[lane], itemLane(deps, shares, hands, lane));
  await work.define(readingsLane, readingLane(deps));
}

function itemLane(
  deps: CarrierDeps,
  shares: Shares,
  hands: Map<string, Promise<void>>,
  lane: ItemLane,
): LaneOptions<ItemPayload> {
  return {
    concurrency: concurrency[lane],
    leaseSeconds: leaseSeconds[lane],
    retry: { limit: 20, firstDelaySeconds: 1, maxDelaySeconds: 60 },
    // Idempotent: a share that has moved on, or ended, is only found so.
    async handle({ payload }, signal) {
      const course = await deps.courses.of(payload.run);
      if (course === undefined) return;
      const key = keyOf(payload);
      // Whoever had it last may be about to let go of it.
      await hands.get(key)?.catch(() => {});
      const carried = new Carrier(deps, shares, { course, device: payload.device, signal }).carry();
      hands.set(key, carried);
      try {
        await carried;
      } finally {
        if (hands.get(key) === carried) hands.delete(key);
      }
    },
    async onExhausted({ payload: { run, device } }) {
      const share = await shares.of(run, device);
      const course = await deps.courses.of(run);
      if (share === undefined || course === undefined) return;
      const at = new Date(deps.clock.now());
      const after = { kind: "parked", wakeAt: new Date(at.getTime() + exhaustedMs), waitsFor: null } as const;
      await deps.moves.write(moveOf({ run, device, outline: course.outline }, share, after, at));
    },
  };
}
