import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { WebSocket } from "ws";

// What the relay of sessions costs next to a bare pipe between a TLS socket and a web socket, in the same process and the same run: how much goes
// through it of a screen and of a lent disk, how much later a small message arrives, and the memory of many screens at once. Device, relay and browser
// have a process each. Rounds are short and alternate, because the machine's speed drifts: each is compared with its neighbour, and the median of these ratios counts.
// Small messages go through both in turns.

const ways = ["relay", "bare"] as const;
type Way = (typeof ways)[number];

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "0.3" },
    rounds: { type: "string", default: "31" },
    pings: { type: "string", default: "2000" },
    screens: { type: "string", default: "200" },
    json: { type: "boolean", default: false },
  },
});
const lastsMs = Number(values.seconds) * 1_000;
const rounds = Number(values.rounds);
const pings = Number(values.pings);
const screens = Number(values.screens);
if (![lastsMs, rounds, pings, screens].every((one) => Number.isFinite(one) && one > 0)) {
  console.error(
    "usage: node bench/redirection.ts [--seconds 0.3] [--rounds 31] [--pings 2000] [--screens 200] [--json]",
  );
  process.exit(2);
}

/** What went through in a round, and the CPU time of the process in the middle. */
interface Flow {
  readonly megabytesPerSecond: number;
  readonly cpuMillisecondsPerMegabyte: number;
}

interface Delay {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const device = fork(new URL("redirection-device.ts", import.meta.url));
const devicePort = await portOf(device);
const middle = fork(new URL("redirection-relay.ts", import.meta.url), [String(devicePort)], {
  execArgv: ["--expose-gc"],
});
const port = await portOf(middle);
try {
  const screen = await alternate((way) => flowOf(way, "K"));
  const disk = await alternate((way) => flowOf(way, "I"));
  const delay = await delaysOf();
  const memory = await memoryOf();
  report(screen, disk, delay, memory);
} finally {
  middle.disconnect();
  device.disconnect();
}

async function portOf(child: ChildProcess): Promise<number> {
  const exited = once(child, "exit").then(() => Promise.reject(new Error("a process of the bench ended early")));
  const [message] = await Promise.race([once(child, "message"), exited]);
  // Its own first message.
  return (message as { readonly port: number }).port;
}

async function usage(): Promise<{ readonly cpuMicroseconds: number; readonly rssBytes: number }> {
  const answered = once(middle, "message");
  middle.send("usage");
  const [message] = await answered;
  return message as { readonly cpuMicroseconds: number; readonly rssBytes: number };
}

async function alternate<T>(measure: (way: Way) => Promise<T>): Promise<Record<Way, T[]>> {
  const all: Record<Way, T[]> = { relay: [], bare: [] };
  // Once for nothing: code that has just been loaded is slow.
  for (const way of ways) await measure(way);
  for (let round = 0; round < rounds; round += 1) {
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) all[way].push(await measure(way));
  }
  return all;
}

async function open(way: Way, traffic: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/${way}/${traffic}`, { perMessageDeflate: false });
  await once(socket, "open");
  return socket;
}

/** "K": the device pours and we take; "I": we pour and the device says how much it has. */
async function flowOf(way: Way, traffic: "K" | "I"): Promise<Flow> {
  const socket = await open(way, traffic);
  let bytes = 0;
  socket.on("message", (data: Buffer) => {
    bytes = traffic === "K" ? bytes + data.length : Number(data.readBigUInt64BE(data.length - 8));
  });
  const stop = traffic === "I" ? pourInto(socket) : () => {};
  await elapsed(lastsMs / 4);
  const before = { bytes, at: performance.now(), ...(await usage()) };
  await elapsed(lastsMs);
  const after = { bytes, at: performance.now(), ...(await usage()) };
  stop();
  const closed = once(socket, "close");
  socket.terminate();
  await closed;
  const megabytes = (after.bytes - before.bytes) / 1e6;
  return {
    megabytesPerSecond: (megabytes * 1_000) / (after.at - before.at),
    cpuMillisecondsPerMegabyte: (after.cpuMicroseconds - before.cpuMicroseconds) / 1_000 / megabytes,
  };
}

/** Sends what a disk's answers are, a few at a time under way. @returns stops it */
function pourInto(socket: WebSocket): () => void {
  let isOn = true;
  const next = (): void => {
    if (isOn && socket.readyState === WebSocket.OPEN) socket.send(Buffer.alloc(8_226), next);
  };
  for (let count = 0; count < 64; count += 1) next();
  return () => (isOn = false);
}

async function delaysOf(): Promise<Record<Way, Delay>> {
  const sockets: Record<Way, WebSocket> = { relay: await open("relay", "E"), bare: await open("bare", "E") };
  const took: Record<Way, number[]> = { relay: [], bare: [] };
  for (let count = 0; count < pings; count += 1) {
    for (const way of count % 2 === 0 ? ways : ways.toReversed()) {
      const start = performance.now();
      const back = once(sockets[way], "message");
      sockets[way].send(Buffer.alloc(64));
      await back;
      took[way].push(performance.now() - start);
    }
  }
  for (const way of ways) sockets[way].terminate();
  return { relay: delayIn(took.relay), bare: delayIn(took.bare) };
}

function delayIn(took: readonly number[]): Delay {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** The middle's memory with that many screens that move, and what of it each of them takes. */
async function memoryOf(): Promise<{
  readonly idleMB: number;
  readonly openMB: number;
  readonly perSessionKB: number;
}> {
  const idle = (await usage()).rssBytes;
  const sockets: WebSocket[] = [];
  let bytes = 0;
  while (sockets.length < screens) {
    const socket = await open("relay", "k");
    socket.on("message", (data: Buffer) => (bytes += data.length));
    sockets.push(socket);
  }
  await elapsed(3_000);
  if (bytes === 0) throw new Error("nothing moves");
  const { rssBytes } = await usage();
  for (const socket of sockets) socket.terminate();
  return { idleMB: idle / 1e6, openMB: rssBytes / 1e6, perSessionKB: (rssBytes - idle) / screens / 1e3 };
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function report(
  screen: Record<Way, Flow[]>,
  disk: Record<Way, Flow[]>,
  delay: Record<Way, Delay>,
  memory: Awaited<ReturnType<typeof memoryOf>>,
): void {
  const flows = { screen: flowRatio(screen), disk: flowRatio(disk) };
  const addedP50Ms = rounded(delay.relay.p50Ms - delay.bare.p50Ms);
  const addedP99Ms = rounded(delay.relay.p99Ms - delay.bare.p99Ms);
  const openMB = Math.round(memory.openMB);
  const idleMB = Math.round(memory.idleMB);
  const perSessionKB = Math.round(memory.perSessionKB);
  if (values.json) {
    console.log(JSON.stringify({ ...flows, addedP50Ms, addedP99Ms, screens, idleMB, openMB, perSessionKB, rounds }));
    return;
  }
  console.log(
    `one session at a time, ${rounds} rounds of ${values.seconds} s for each of the two in turns; medians, ratios of neighbours`,
  );
  for (const [name, one] of Object.entries(flows)) {
    console.log(
      `${name.padEnd(8)}relay ${one.relay} MB/s, bare pipe ${one.bare} MB/s: ratio ${one.ratio}; CPU per MB, relay to bare: ${one.cpuRatio}`,
    );
  }
  console.log(`added delay of a small message there and back: ${addedP50Ms} ms (p50), ${addedP99Ms} ms (p99)`);
  console.log(
    `${screens} screens, 60 pieces a second each: the relay's process has ${openMB} MB, ${idleMB} MB before; ${perSessionKB} kB each`,
  );
}

function flowRatio(flow: Record<Way, Flow[]>): Readonly<Record<"relay" | "bare" | "ratio" | "cpuRatio", number>> {
  const speed = (one: Flow | undefined): number => one?.megabytesPerSecond ?? Number.NaN;
  const cpu = (one: Flow | undefined): number => one?.cpuMillisecondsPerMegabyte ?? Number.NaN;
  const ratioOf = (read: (one: Flow | undefined) => number): number =>
    rounded(median(flow.relay.map((one, round) => read(one) / read(flow.bare[round]))));
  return {
    relay: Math.round(median(flow.relay.map(speed))),
    bare: Math.round(median(flow.bare.map(speed))),
    ratio: ratioOf(speed),
    cpuRatio: ratioOf(cpu),
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middleIndex = Math.floor(sorted.length / 2);
  const upper = sorted[middleIndex] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middleIndex - 1] ?? Number.NaN) + upper) / 2;
}
