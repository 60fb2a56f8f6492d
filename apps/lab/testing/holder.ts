import { connect, type AmtDevice } from "@vigil/amt-client/device.ts";
import { directDialer } from "@vigil/amt-client/dial/direct.ts";
import { secured, TlsContexts } from "@vigil/amt-client/dial/tls.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { reportOf } from "@vigil/base/errors.ts";
import { peakMemoryBytes } from "./memory.ts";

// A process that is nothing but the client: it opens many devices, asks each two questions, and holds them all until it is told
// to let go. It never calls process.exit: that it ends shows that nothing is left. Speaks with its parent over the IPC channel.

/** What the parent sends first. Afterwards the word "abort" makes it let go. */
export interface HoldTask {
  readonly devices: readonly { readonly address: string; readonly uuid: string }[];
  readonly caPem: string;
  readonly password: string;
  /** Devices that are opened at once. */
  readonly atOnce: number;
  /** Lets go by itself, right after it has begun to dial all of them. */
  readonly abortsWhileDialling?: true;
}

/** Sent when every device has answered or failed, unless the abort comes first. */
export interface HoldReport {
  readonly kind: "held";
  readonly held: number;
  readonly sockets: number;
  readonly idleBytes: number;
  readonly peakBytes: number;
  readonly milliseconds: number;
}

/** Sent when it has let go. */
export interface ReleaseReport {
  readonly kind: "released";
  /** How each device's opening ended: "held", "aborted" with the very reason of the signal, or an error's code. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Devices whose next request was rejected with the signal's reason. */
  readonly closed: number;
  /** What would keep a process alive, the channel to the parent aside. */
  readonly left: readonly string[];
}

const port = 16_993;
/** Above what a thousand devices take to answer on a slow machine. */
const patienceMs = 120_000;
/** Turns of the event loop until the last socket must be closed. */
const mostTurns = 20;

const clock = systemClock();
const contexts = new TlsContexts();
const stop = new AbortController();
const reason = new Error("let go");
const outcomes = new Map<string, number>();
const devices: AmtDevice[] = [];

process.on("message", (message: HoldTask | "abort") => {
  if (message === "abort") stop.abort(reason);
  else void hold(message);
});

async function hold(task: HoldTask): Promise<void> {
  const idleBytes = peakMemoryBytes();
  const started = clock.monotonic();
  const opened = openAll(task);
  if (task.abortsWhileDialling === true) stop.abort(reason);
  await opened;
  if (!stop.signal.aborted) {
    const milliseconds = clock.monotonic() - started;
    const held = outcomes.get("held") ?? 0;
    const sockets = resources().filter((one) => one === "TCPSocketWrap").length;
    send({ kind: "held", held, sockets, idleBytes, peakBytes: peakMemoryBytes(), milliseconds });
    await new Promise((resolve) => stop.signal.addEventListener("abort", resolve, { once: true }));
  }
  await release();
}

async function openAll({ devices: all, atOnce, ...way }: HoldTask): Promise<void> {
  const waiting = all.values();
  const worker = async (): Promise<void> => {
    for (const one of waiting) count(await open(one, way));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** @returns how it ended */
async function open(
  { address, uuid }: HoldTask["devices"][number],
  { caPem, password }: Pick<HoldTask, "caPem" | "password">,
): Promise<string> {
  const trust = { caPem: [caPem] };
  const device = connect({
    dialer: secured(directDialer({ host: address }), { trust, serverName: uuid, contexts }),
    port,
    credential: { username: "admin", password },
    clock,
    timeoutMs: patienceMs,
    connectTimeoutMs: patienceMs,
    signal: stop.signal,
  });
  devices.push(device);
  try {
    await device.power.state();
    await device.general.read();
    return "held";
  } catch (error) {
    return error === reason ? "aborted" : reportOf(error).code;
  }
}

/** After the abort: nothing may be left, on any device. */
async function release(): Promise<void> {
  const refusals = await Promise.allSettled(devices.map((one) => one.power.state()));
  const closed = refusals.filter((one) => one.status === "rejected" && one.reason === reason).length;
  for (let turn = 0; turn < mostTurns && resources().length > 0; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  send({ kind: "released", outcomes: Object.fromEntries(outcomes), closed, left: resources() });
  process.disconnect();
}

function count(outcome: string): void {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}

/** What keeps the process alive; its channel and its standard streams are pipes. */
function resources(): string[] {
  return process.getActiveResourcesInfo().filter((one) => !/^(PipeWrap|TTYWrap|Immediate)$/.test(one));
}

function send(report: HoldReport | ReleaseReport): void {
  process.send?.(report);
}
