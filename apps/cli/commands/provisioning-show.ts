import type { VigilClient } from "@vigil/api/client.ts";
import type { AttemptNote, DeviceProvisioning } from "@vigil/api/resources/provisioning.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { signedInClient } from "../account.ts";
import { printFacts, printJson } from "../output.ts";
import { idOf } from "./devices.ts";

export interface ShowOptions {
  readonly follow?: true;
  readonly json?: true;
}

/**
 * How a device stands, why, what to do next, and what its newest attempt did; with `follow` until it is provisioned or has failed.
 * The exit code is 1 when it failed, so that a script can tell.
 */
export async function showProvisioning(name: string, { follow, json }: ShowOptions): Promise<void> {
  const client = signedInClient();
  const id = await idOf(client, name);
  const shown = new Shown(json === true);
  const last = follow === true ? await followed(client, id, shown) : await client.provisioning.show({ params: { id } });
  if (json === true) printJson(last);
  else if (follow !== true) shown.print(last);
  if (json !== true) printStanding(last);
  if (last.entry?.state === "failed") process.exitCode = 1;
}

async function followed(client: VigilClient, id: string, shown: Shown): Promise<DeviceProvisioning> {
  const ended = new AbortController();
  const stop = (): void => ended.abort();
  process.once("SIGINT", stop);
  let last = await client.provisioning.show({ params: { id } });
  shown.print(last);
  const look = async (): Promise<void> => {
    last = await client.provisioning.show({ params: { id } });
    shown.print(last);
    if (!isUnderWay(last)) ended.abort();
  };
  let looking = Promise.resolve();
  const lookAgain = (): void => {
    looking = looking.then(() => (ended.signal.aborted ? undefined : look()));
  };
  if (isUnderWay(last)) {
    await client.watch(
      (event) => {
        const isAbout = event.name === "attempts" && event.data.items.some(({ uuid }) => uuid === id);
        if (isAbout || event.name === "gap") lookAgain();
      },
      // It may have ended between the first look and the first event.
      { signal: ended.signal, onConnection: ({ state }) => (state === "open" ? lookAgain() : undefined) },
    );
  }
  await looking;
  process.removeListener("SIGINT", stop);
  return last;
}

function isUnderWay({ entry }: DeviceProvisioning): boolean {
  return entry?.state === "waiting" || entry?.state === "running";
}

/** Prints each note of the newest attempt once, when it has ended. */
class Shown {
  readonly #isQuiet: boolean;
  #number = 0;
  #notes = 0;

  constructor(isQuiet: boolean) {
    this.#isQuiet = isQuiet;
  }

  print({ attempts }: DeviceProvisioning): void {
    const [newest] = attempts;
    if (newest === undefined || this.#isQuiet) return;
    if (newest.number !== this.#number) {
      this.#number = newest.number;
      this.#notes = 0;
      process.stdout.write(`Attempt ${newest.number}, ${newest.startedAt}, ${newest.address}\n`);
    }
    for (const note of newest.notes.slice(this.#notes)) {
      if (note.ms === null && newest.outcome === "running") return;
      this.#notes += 1;
      process.stdout.write(`${linesOf(note).join("\n")}\n`);
    }
  }
}

function linesOf({ name, ms, outcome, facts, compared, wrote, error }: AttemptNote): string[] {
  const span = ms === null ? "-" : `${(ms / 1000).toFixed(1)} s`;
  const word = { running: "cut short", done: "done", same: "as it should be", failed: "failed" }[outcome];
  return [
    `  ${span.padStart(7)}  ${name}: ${word}`,
    ...Object.entries(facts).map(([fact, value]) => `           ${fact}: ${value}`),
    ...compared.map(
      ({ setting, found, wanted }) => `           ${setting}: was ${found === "" ? "empty" : found}, wanted ${wanted}`,
    ),
    ...wrote.map(({ className, method, fields }) => {
      const given = fields.map(({ name: field, before, after }) =>
        before === null ? `${field}=${after}` : `${field}=${before} -> ${after}`,
      );
      return `           ${className}.${method} ${given.join(", ")}`.trimEnd();
    }),
    ...(error === null ? [] : [`           ${error.code}: ${error.message}`]),
  ];
}

function printStanding({ entry, attempts, hellos }: DeviceProvisioning): void {
  if (entry === null) return void process.stdout.write("It has never asked to be set up\n");
  const { state, lane, attempts: tries, nextTryAt, error, address, method } = entry;
  printFacts([
    ["state", state],
    ["last attempt", attempts[0]?.outcome ?? null],
    ["address", address],
    ["method", method],
    ["lane", state === "waiting" || state === "running" ? lane : null],
    ["site", entry.site],
    ["waits for", entry.waitsFor],
    ["tries", tries],
    ["next try", nextTryAt],
    ["why", error === null ? null : `${error.code}: ${error.message}`],
    ["next step", error?.next ?? null],
    ...hellosIn(hellos),
  ]);
  if (hellos === null || hellos.window === null) return;
  for (const { action, hours } of hellos.window.reopening) {
    process.stdout.write(`To have it say hello for ${hours} h: ${action}\n`);
  }
}

function hellosIn(hellos: DeviceProvisioning["hellos"]): [string, string][] {
  if (hellos === null) return [["hellos", "none"]];
  const { count, firstAt, lastAt, addresses, hashes, window } = hellos;
  const leftMinutes = window === null ? 0 : (Date.parse(window.closesAt) - systemClock().now()) / 60_000;
  const left = `closes in ${Math.floor(leftMinutes / 60)} h ${Math.floor(leftMinutes % 60)} m`;
  const ours = hashes.flatMap(({ certificate }) => certificate ?? []);
  return [
    ["hellos", `${count}, the first ${firstAt}, the last ${lastAt}`],
    ["from", addresses.map((one) => `${one.address} (${one.count})`).join(", ")],
    ["roots offered", `${hashes.length}, ${ours.length === 0 ? "none of ours" : `of ${ours.join(", ")}`}`],
    ...(window === null ? [] : [["hello window", leftMinutes > 0 ? left : "closed"] satisfies [string, string]]),
  ];
}
