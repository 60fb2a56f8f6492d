import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { openConsole } from "../apps/lab/browser.ts";
import { setStage, untilProvisioned } from "../apps/lab/stage.ts";

// Frames of a device's screen that a browser draws in a second, next to the ones that the device shows: of a block that moves, and of a film
// that changes every tile. The screen moves 60 times a second, and then as often as the browser draws at most. What the device (this process), the server and the
// browser used of the processors is told beside it, and how much of its time the browser's worker decoded and drew: whichever is near a
// whole core is what limits it.

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "5" }, json: { type: "boolean", default: false } },
});
const seconds = Number(values.seconds);
if (!Number.isInteger(seconds) || seconds < 1) {
  console.error("usage: node bench/screen-frames.ts [--seconds 5] [--json]");
  process.exit(2);
}

/** As often as screens do; browsers draw no more often. */
const wanted = 60;
/** @source proc(5): clock ticks of 10 ms, on every Linux that we know */
const tickMs = 10;

const results: object[] = [];
await using stage = await setStage({ devices: 1 });
await untilProvisioned(stage, 1);
const [device] = stage.fleet.devices;
if (device === undefined) throw new Error("the stage has a device");
const { consent, machine, state } = device.firmware;
consent.start();
consent.enter(Number(state.consent.code));
const { desktop } = machine;
desktop.frameMs = 1_000 / wanted;
await using browser = await openConsole(stage);
const { page } = browser;
await page.goto(`${stage.url}/devices/${device.firmware.uuid}?tab=screen`);
await page.getByRole("button", { name: "Open the screen" }).click();
await page.getByText("1024 × 768").waitFor();
for (const scene of ["block", "film"] as const) {
  desktop.isFilmOn = scene === "film";
  await sleep(2_000);
  results.push({ scene, ...(await measure(page)) });
}
if (values.json) console.log(JSON.stringify({ seconds, wanted, results }));
else {
  for (const one of results) console.log(JSON.stringify(one));
  console.log(
    `${seconds} s each, of ${wanted} frames a second; milliseconds of processor time a second; Node ${process.version}`,
  );
}

async function measure(on: Page) {
  const before = { ...cpuTimes(), at: performance.now() };
  const frames: number[] = [];
  const busy: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    await sleep(1_000);
    const bar = on.locator(".session-rates").first();
    frames.push(Number(/(\d+) frames/.exec((await bar.textContent()) ?? "")?.[1]));
    busy.push(Number(/(\d+) ms/.exec((await bar.getAttribute("title")) ?? "")?.[1]));
  }
  const after = cpuTimes();
  const passed = (performance.now() - before.at) / 1_000;
  const rate = (name: "device" | "server" | "browser"): number => Math.round((after[name] - before[name]) / passed);
  const mean = Math.round(frames.reduce((sum, one) => sum + one, 0) / frames.length);
  return {
    framesPerSecond: mean,
    ratio: Math.round((100 * mean) / wanted) / 100,
    each: frames,
    workerBusyMs: Math.round(busy.reduce((sum, one) => sum + one, 0) / busy.length),
    deviceMs: rate("device"),
    serverMs: rate("server"),
    browserMs: rate("browser"),
  };
}

/** Processor time so far, in milliseconds. */
function cpuTimes(): { readonly device: number; readonly server: number; readonly browser: number } {
  const { user, system } = process.cpuUsage();
  const all = processes();
  const server = all.find(({ pid }) => pid === stage.server.pid)?.ms ?? 0;
  const ours = new Set([process.pid]);
  let browserMs = 0;
  // Parents have smaller numbers than their children, unless those wrapped round meanwhile.
  for (const { pid, parent, ms } of all) {
    if (!ours.has(parent) || pid === stage.server.pid) continue;
    ours.add(pid);
    browserMs += ms;
  }
  return { device: (user + system) / 1_000, server, browser: browserMs };
}

function processes(): { readonly pid: number; readonly parent: number; readonly ms: number }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((one, other) => one - other)
    .flatMap((pid) => {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
          .replace(/^.*\) /, "")
          .split(" ");
        return [{ pid, parent: Number(fields[1]), ms: (Number(fields[11]) + Number(fields[12])) * tickMs }];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}
