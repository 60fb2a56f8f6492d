import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { parseArgs } from "node:util";
import { systemClock } from "@vigil/base/clock.ts";

// How long the device list takes over HTTP with a full registry: each way to ask for it, one request at a time on one connection, next to the
// floor: a bare node:http server in the same process that answers with the same bytes. What is above the floor is ours: routing, the key, SQL,
// rows to JSON. Rounds of both alternate, because the machine's speed drifts.

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "20000,100000" },
    requests: { type: "string", default: "100" },
    json: { type: "boolean", default: false },
  },
});
const sizes = values.rows.split(",").map(Number);
const requests = Number(values.requests);
if (![...sizes, requests].every((one) => Number.isInteger(one) && one > 0)) {
  console.error("usage: node bench/api.ts [--rows 20000,100000] [--requests 100] [--json]");
  process.exit(2);
}

/** Milliseconds that 95 of 100 requests may take. @source the project's own bar */
const barMs = (rows: number): number => (rows <= 20_000 ? 50 : 100);

interface Ready {
  readonly url: string;
  readonly token: string;
  readonly floorUrl: string;
}

interface Way {
  readonly name: string;
  readonly path: string;
}

interface Figures {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

interface Row {
  readonly way: string;
  readonly kilobytes: number;
  readonly ours: Figures;
  readonly floor: Figures;
}

const clock = systemClock();
const columns = ["hostName", "address", "state", "release", "power", "lastSeenAt", "model"] as const;

for (const size of sizes) report(size, await measure(size));

function waysIn(size: number): readonly Way[] {
  const list = (name: string, query: string): Way => ({ name, path: `/api/devices?${query}` });
  const filter = encodeURIComponent("release >= 16 and not tag = kiosk");
  return [
    list("default page", ""),
    ...columns.flatMap((column) =>
      ["asc", "desc"].map((order) => list(`by ${column} ${order}`, `sort=${column}&order=${order}`)),
    ),
    list("a page in the middle", `offset=${Math.floor(size / 2)}`),
    list("a deep page", `offset=${size - 400}`),
    list("search, few", "search=amt-a1b2"),
    list("search, many", "search=desk"),
    list("filter", `filter=${filter}`),
    list("needs attention", "attention=true"),
    list("powered off", "power=off"),
    list("a collection", "collection=Provisioned"),
    { name: "counts", path: "/api/fleet" },
    { name: "collections with counts", path: "/api/collections" },
  ];
}

async function measure(size: number): Promise<readonly Row[]> {
  const child = fork(new URL("api-server.ts", import.meta.url), [String(size)]);
  try {
    const server = await readyOf(child);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const rows: Row[] = [];
    for (const way of waysIn(size)) rows.push(await measureWay(child, server, way, agent));
    agent.destroy();
    return rows;
  } finally {
    const ended = once(child, "exit");
    child.disconnect();
    await ended;
  }
}

async function readyOf(child: ChildProcess): Promise<Ready> {
  const exited = once(child, "exit").then(() => Promise.reject(new Error("the server did not start")));
  const [ready] = await Promise.race([once(child, "message"), exited]);
  // The other side's own message, see api-server.ts.
  return ready as Ready;
}

async function measureWay(child: ChildProcess, server: Ready, { name, path }: Way, agent: Agent): Promise<Row> {
  const ask = (base: string) => get(`${base}${path}`, server.token, agent);
  const body = await ask(server.url);
  child.send({ path, body: body.toString("utf8") });
  await once(child, "message");
  const times = { ours: [] as number[], floor: [] as number[] };
  const timed = async (base: string, into: number[]): Promise<void> => {
    const started = clock.monotonic();
    await ask(base);
    into.push(clock.monotonic() - started);
  };
  for (let warm = 0; warm < 5; warm += 1) await ask(server.url);
  for (let index = 0; index < requests; index += 1) {
    await timed(server.url, times.ours);
    await timed(server.floorUrl, times.floor);
  }
  return {
    way: name,
    kilobytes: rounded(body.length / 1e3),
    ours: figuresOf(times.ours),
    floor: figuresOf(times.floor),
  };
}

function get(url: string, token: string, agent: Agent): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.once("error", reject);
      response.once("end", () => {
        const body = Buffer.concat(parts);
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${url} answered ${response.statusCode}: ${body.toString("utf8").slice(0, 200)}`));
      });
    });
    asked.once("error", reject).end();
  });
}

function figuresOf(times: readonly number[]): Figures {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    rounded(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function report(size: number, rows: readonly Row[]): void {
  const bar = barMs(size);
  const over = rows.filter(({ ours }) => ours.p95 >= bar).map(({ way }) => way);
  if (values.json) {
    console.log(JSON.stringify({ devices: size, requests, barMs: bar, over, ways: rows }));
    return;
  }
  console.log(`\n${size} devices, ${requests} requests each, milliseconds; the bar is ${bar} at p95`);
  const heads = ["kB", "p50", "p95", "p99", "floor p95", "above it"];
  console.log(`${"".padEnd(26)}${heads.map((one) => one.padStart(11)).join("")}`);
  for (const { way, kilobytes, ours, floor } of rows) {
    const cells = [kilobytes, ours.p50, ours.p95, ours.p99, floor.p95, rounded(ours.p95 - floor.p95)];
    console.log(way.padEnd(26) + cells.map((one) => String(one).padStart(11)).join(""));
  }
  console.log(over.length === 0 ? "all below the bar" : `over the bar: ${over.join(", ")}`);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
