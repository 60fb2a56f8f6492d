import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { newIssuer } from "@vigil/virtual-device/firmware/issuer.ts";
import { startFleet, type Fleet } from "@vigil/virtual-device/fleet.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";
import type { HoldReport, HoldTask, ReleaseReport } from "./holder.ts";

/** Without it V8 fills up to 84 MB with garbage before it collects any: docs/decisions/0012-memory-of-many-devices.md. */
export const holderFlags = ["--max-semi-space-size=4"] as const;

const password = "P@ssw0rd!";
/** A process that lets go has nothing left to wait for. Chosen: far above a collection of garbage. */
const exitLimitMs = 10_000;

/** Devices that are set up, with certificates of one authority. */
export interface HeldFleet extends AsyncDisposable {
  readonly fleet: Fleet;
  /** What a holder is told to do with them. */
  readonly task: Omit<HoldTask, "atOnce">;
}

export async function aHeldFleet(count: number): Promise<HeldFleet> {
  const clock = systemClock();
  const issuer = await newIssuer("Authority of the held fleet");
  const fleet = await startFleet({
    count,
    firstAddress: someAddress(count),
    clock,
    log: silentLog(),
    trustedRootHashes: [],
    domainSuffix: "lab.example",
    provisioned: { password, acceptsPlain: false, issuer },
  });
  const devices = fleet.devices.map(({ address, firmware }) => ({ address, uuid: firmware.uuid }));
  const task = { devices, caPem: issuer.certificatePem, password };
  return { fleet, task, [Symbol.asyncDispose]: () => fleet.stop() };
}

/** A client in a process of its own. */
export interface Holder extends AsyncDisposable {
  readonly pid: number;
  begin(task: HoldTask): void;
  abort(): void;
  /** @throws when the holder ends without it */
  held(): Promise<HoldReport>;
  released(): Promise<ReleaseReport>;
  /** Its exit code, when it has ended by itself. @throws when it does not */
  ended(): Promise<number>;
}

/** The program that is nothing but the client. */
export const holderFile = join(import.meta.dirname, "holder.ts");

export function startHolder(file: string = holderFile, flags: readonly string[] = holderFlags): Holder {
  const child = fork(file, [], { execArgv: [...flags] });
  const { pid } = child;
  if (pid === undefined) throw new Error("the holder has no process");
  const exit = once(child, "exit").then(([code]) => Number(code));
  const held = reportFrom<HoldReport>(child, "held");
  const released = reportFrom<ReleaseReport>(child, "released");
  return {
    pid,
    begin: (task) => void child.send(task),
    abort: () => void child.send("abort"),
    held: () => held,
    released: () => released,
    async ended() {
      using limit = systemClock().deadline(exitLimitMs, () => new Error("the holder does not end by itself"));
      const late = once(limit.signal, "abort").then(() => Promise.reject(limit.signal.reason));
      late.catch(() => {});
      return Promise.race([exit, late]);
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) child.kill("SIGKILL");
      await exit;
    },
  };
}

function reportFrom<R extends HoldReport | ReleaseReport>(child: ChildProcess, kind: R["kind"]): Promise<R> {
  const report = new Promise<R>((resolve, reject) => {
    // The holder's own messages, see holder.ts.
    child.on("message", (message: R) => {
      if (message.kind === kind) resolve(message);
    });
    child.once("exit", (code) => reject(new Error(`the holder ended with ${code}, before it was "${kind}"`)));
  });
  // Not every holder comes to be asked for both.
  report.catch(() => {});
  return report;
}

/** TCP connections of a process to that port that are established, by the kernel's own word. @source proc(5): /proc/net/tcp */
export function establishedTo(pid: number, port: number): number {
  const inodes = new Set<string>();
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(linkAt(`/proc/${pid}/fd/${name}`)) ?? [];
    if (inode !== undefined) inodes.add(inode);
  }
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  const rows = readFileSync(`/proc/${pid}/net/tcp`, "latin1").split("\n").slice(1);
  return rows.filter((row) => {
    const [, , remote = "", state, , , , , , inode = ""] = row.trim().split(/\s+/);
    return state === "01" && remote.endsWith(`:${wanted}`) && inodes.has(inode);
  }).length;
}

/** A descriptor may be closed between the listing and the look. */
function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
