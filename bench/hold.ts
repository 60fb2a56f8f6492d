import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { aHeldFleet, holderFile, holderFlags, startHolder, type HeldFleet } from "../apps/lab/testing/held-fleet.ts";

// What it costs to hold many devices at once: memory and time per device of a process that is nothing but amt-client, next to the
// floor: a process that holds as many bare node:tls sockets and asks nothing. Both dial each device twice, as many at once, with
// one context; amt-client also sends the three requests of a login and two questions. Each round starts fresh processes in turns,
// because the machine's speed drifts and memory never shrinks; medians are compared. The devices live in this process.

const { values } = parseArgs({
  options: {
    devices: { type: "string", default: "1000" },
    "at-once": { type: "string", default: "32" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
  },
});
const count = Number(values.devices);
const atOnce = Number(values["at-once"]);
const rounds = Number(values.rounds);
if (![count, atOnce, rounds].every((one) => Number.isInteger(one) && one > 0)) {
  console.error("usage: node bench/hold.ts [--devices 1000] [--at-once 32] [--rounds 3] [--json]");
  process.exit(2);
}

interface Way {
  readonly name: string;
  readonly file: string;
  readonly flags: readonly string[];
}

interface Cost {
  readonly peakMB: number;
  readonly idleMB: number;
  readonly kilobytesPerDevice: number;
  readonly millisecondsPerHandshake: number;
}

const bareFile = fileURLToPath(new URL("bare-holder.ts", import.meta.url));
const ways = {
  ours: { name: "amt-client", file: holderFile, flags: holderFlags },
  floor: { name: "bare node:tls", file: bareFile, flags: holderFlags },
  oursUnbounded: { name: "amt-client, Node's own flags", file: holderFile, flags: [] },
} as const satisfies Record<string, Way>;

{
  await using stage = await aHeldFleet(count);
  const costs = { ours: [] as Cost[], floor: [] as Cost[], oursUnbounded: [] as Cost[] };
  for (let round = 0; round < rounds; round += 1) {
    costs.ours.push(await holdBy(ways.ours, stage));
    costs.floor.push(await holdBy(ways.floor, stage));
    costs.oursUnbounded.push(await holdBy(ways.oursUnbounded, stage));
  }
  report(medians(costs.ours), medians(costs.floor), medians(costs.oursUnbounded));
}

async function holdBy({ name, file, flags }: Way, { task }: HeldFleet): Promise<Cost> {
  await using holder = startHolder(file, flags);
  holder.begin({ ...task, atOnce });
  const { held, peakBytes, idleBytes, milliseconds } = await holder.held();
  if (held !== count) throw new Error(`${name} holds ${held} of ${count}`);
  holder.abort();
  await holder.released();
  await holder.ended();
  return {
    peakMB: peakBytes / 1e6,
    idleMB: idleBytes / 1e6,
    kilobytesPerDevice: (peakBytes - idleBytes) / count / 1e3,
    millisecondsPerHandshake: milliseconds / count / 2,
  };
}

function report(ours: Cost, floor: Cost, oursUnbounded: Cost): void {
  const ratios = {
    memoryRatio: rounded(ours.kilobytesPerDevice / floor.kilobytesPerDevice),
    timeRatio: rounded(ours.millisecondsPerHandshake / floor.millisecondsPerHandshake),
  };
  if (values.json) {
    console.log(JSON.stringify({ devices: count, atOnce, rounds, ours, floor, oursUnbounded, ...ratios }));
    return;
  }
  console.log(
    `${count} virtual devices held over TLS at once, ${atOnce} opened at a time; medians of ${rounds} rounds`,
  );
  console.log(
    `${"".padEnd(30)}${["peak MB", "idle MB", "kB/device", "ms/handshake"].map((one) => one.padStart(14)).join("")}`,
  );
  for (const [way, cost] of [
    [ways.ours, ours],
    [ways.floor, floor],
    [ways.oursUnbounded, oursUnbounded],
  ] as const) {
    console.log(
      way.name.padEnd(30) +
        Object.values(cost)
          .map((one) => String(one).padStart(14))
          .join(""),
    );
  }
  console.log(
    `amt-client to bare node:tls: memory per device ${ratios.memoryRatio}, time per handshake ${ratios.timeRatio}`,
  );
}

function medians(costs: readonly Cost[]): Cost {
  const of = (read: (cost: Cost) => number): number => rounded(median(costs.map(read)));
  return {
    peakMB: of((one) => one.peakMB),
    idleMB: of((one) => one.idleMB),
    kilobytesPerDevice: of((one) => one.kilobytesPerDevice),
    millisecondsPerHandshake: of((one) => one.millisecondsPerHandshake),
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
