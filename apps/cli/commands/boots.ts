import { existsSync } from "node:fs";
import { basename } from "node:path";
import { Option, type Command } from "commander";
import type { VigilClient } from "@vigil/api/client.ts";
import { bootSource, type Boot, type BootTarget } from "@vigil/api/resources/boots.ts";
import type { Image } from "@vigil/api/resources/images.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { ageOf, printJson, printTable } from "../output.ts";
import { bytesBar, bytesInWords } from "../progress.ts";
import { sha256Of } from "../upload.ts";
import { idOf } from "./devices.ts";
import { uploadWithBar } from "./images.ts";

interface BootOptions {
  readonly to?: TargetWord;
  readonly image?: string;
  readonly floppy?: true;
  readonly serial?: true;
  readonly return?: true;
  readonly reason?: string;
  readonly detach?: true;
  readonly list?: true;
  readonly end?: true;
  readonly json?: true;
}

/** What people call the targets that the server calls otherwise. */
const targets = { bios: "bios-setup", pxe: "network", disk: "disk", cd: "cd" } as const satisfies Readonly<
  Record<string, BootTarget>
>;
type TargetWord = keyof typeof targets;

/** How often a boot is asked for. */
const everyMs = 500;
/** A server that is being restarted is waited for this long. */
const patienceMs = 60_000;

const examples = `
An image is one of the library (vigil image list), or a file, which is put into the library first. While it is shown, Control and C ends
the boot: the image is taken away, and what was arranged for the next start as well.

Examples:
  vigil boot desk-7 --to bios --serial     then: vigil sol desk-7
  vigil boot desk-7 --image rescue.iso     until Control and C
  vigil boot desk-7 --image rescue.iso --return --detach
  vigil boot desk-7 --end                  from anywhere`;

/** `vigil boot DEVICE --to … | --image … | --list | --end`. */
export function addBootCommands(program: Command): void {
  program
    .command("boot <device>")
    .description("start a device once from somewhere else: BIOS setup, the network, a disk, an image")
    // The table's own keys.
    .addOption(new Option("--to <target>", "where to").choices(Object.keys(targets)).conflicts("image"))
    .option("--image <image>", "from an image of the library, or a file, which is put there first")
    .option("--floppy", "the file goes into the floppy's drive instead of the CD's")
    .option("--serial", "what the BIOS says goes to the serial line as well")
    .option("--return", "when it ends, restart the machine from its own disk, or switch it off if it was off")
    .option("--reason <text>", "why, for the audit trail")
    .option("--detach", "leave the image there, and do not wait")
    .option("--list", "show the device's boots instead")
    .option("--end", "end the device's boot instead")
    .option("--json", "print JSON")
    .addHelpText("after", examples)
    .action(run);
}

async function run(name: string, options: BootOptions): Promise<void> {
  const client = signedInClient();
  const device = await idOf(client, name);
  if (options.list === true) return listOf(client, device, options.json === true);
  if (options.end === true) return endOf(client, device, options);
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(fail("cli.stopped")));
  try {
    await beginAndStay(client, { name, device }, options, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.stderr.write("Stopped. Whatever had been arranged, the server takes back\n");
    // 128 and the signal's number, as shells have it.
    process.exitCode = 130;
  }
}

/** Begins the boot, and stays with it while an image is shown. */
async function beginAndStay(
  client: VigilClient,
  { name, device }: { readonly name: string; readonly device: string },
  options: BootOptions,
  signal: AbortSignal,
): Promise<void> {
  const target = await targetOf(client, options, signal);
  const { serial, reason } = options;
  const body = {
    ...target,
    ...(serial === undefined ? {} : { showsOnSerial: serial }),
    ...(options.return === undefined ? {} : { returns: options.return }),
    ...(reason === undefined ? {} : { reason }),
  };
  const begun = await client.boots.begin({ params: { id: device }, body, signal });
  if (begun.image === null || options.detach === true) {
    if (options.json === true) return printJson(begun);
    process.stderr.write(`${name} starts from ${bootSource(begun)}\n`);
    if (begun.image !== null) process.stderr.write(`The image stays until: vigil boot ${name} --end\n`);
    return;
  }
  if (options.json !== true) process.stderr.write(`${name} starts from ${bootSource(begun)}; Control and C ends it\n`);
  report(await followed(client, begun, signal), name, options.json === true);
}

/** @throws cli.usage.wrong (caller) */
async function targetOf(
  client: VigilClient,
  { to, image, floppy }: BootOptions,
  signal: AbortSignal,
): Promise<{ readonly to: BootTarget; readonly image?: string }> {
  if (to !== undefined) return { to: targets[to] };
  if (image === undefined) throw fail("cli.usage.wrong", { message: "Say where to with --to, or name an --image" });
  const { items } = await client.images.list({ signal });
  const file = existsSync(image) ? image : undefined;
  const kept = items.find((one) => one.name === (file === undefined ? image : basename(file)));
  if (file === undefined) {
    if (kept !== undefined) return { to: "image", image };
    throw fail("cli.usage.wrong", { message: `The library has no image ${image}, and there is no such file` });
  }
  const wanted = { file, name: basename(file), kind: floppy === true ? "floppy" : "cd" } as const;
  const { name } = (await sameAs(kept, file, signal)) ?? (await uploadWithBar(client, wanted, signal));
  return { to: "image", image: name };
}

/** The library's image of the file's name, when it is the same. @throws cli.usage.wrong (caller) when it is another */
async function sameAs(kept: Image | undefined, file: string, signal: AbortSignal): Promise<Image | undefined> {
  if (kept === undefined || kept.sha256 === (await sha256Of(file, signal))) return kept;
  const message = `The library has another image ${kept.name}: rename the file, or first: vigil image remove ${kept.name}`;
  throw fail("cli.usage.wrong", { message });
}

/** Shows how far the machine reads, until the boot has ended; interrupted, it ends the boot. */
async function followed(client: VigilClient, begun: Boot, signal: AbortSignal): Promise<Boot> {
  const clock = systemClock();
  const params = { id: begun.id };
  const total = begun.image?.bytes ?? 0;
  using bar = bytesBar("Reading");
  let unreachableSince: number | undefined;
  for (;;) {
    try {
      await clock.sleep(everyMs, signal);
      const boot = await client.boots.show({ params, signal });
      unreachableSince = undefined;
      if (boot.state === "ended") return boot;
      const { bytesRead = 0, bytesPerSecond = 0, secondsLeft = null } = boot.progress ?? {};
      bar.show(bytesRead, total, bytesPerSecond, secondsLeft);
    } catch (error) {
      if (signal.aborted) return await client.boots.end({ params, body: {} });
      if (!(error instanceof VigilError) || error.side !== "network") throw error;
      unreachableSince ??= clock.monotonic();
      if (clock.monotonic() - unreachableSince > patienceMs) throw error;
    }
  }
}

function report(boot: Boot, name: string, isJson: boolean): void {
  // Who stopped it got what they wanted.
  process.exitCode = boot.outcome === "stopped" ? 0 : 1;
  if (isJson) return printJson(boot);
  const read = boot.progress === null ? "" : ` after ${bytesInWords(boot.progress.bytesRead)}`;
  if (boot.state === "ended") {
    process.stderr.write(`The boot of ${name} has ended${read} (${boot.outcome}); its boot order is as it was\n`);
  } else {
    process.stderr.write(
      `The image is gone${read}. ${name} does not answer: its boot order is restored when it does\n`,
    );
  }
  if (boot.error !== null) {
    process.stderr.write(`${boot.error.message}\n${boot.error.next}\n${boot.error.code} (${boot.error.side})\n`);
  }
}

async function endOf(client: VigilClient, device: string, options: BootOptions): Promise<void> {
  const { items } = await client.boots.list({ query: { device, isOpen: true } });
  const [open] = items;
  if (open === undefined) {
    if (options.json === true) return printJson(null);
    process.stderr.write("No boot of the device is under way\n");
    return;
  }
  const body = options.return === undefined ? {} : { returns: options.return };
  const ended = await client.boots.end({ params: { id: open.id }, body });
  report(ended, device, options.json === true);
}

async function listOf(client: VigilClient, device: string, isJson: boolean): Promise<void> {
  const { items } = await client.boots.list({ query: { device } });
  if (isJson) return printJson(items);
  const now = systemClock().now();
  printTable(
    ["WHEN", "BY", "FROM", "STATE", "OUTCOME", "READ", "ERROR"],
    items.map((one) => [
      ageOf(one.askedAt, now),
      one.askedBy,
      bootSource(one),
      one.state,
      one.outcome,
      one.progress === null ? null : bytesInWords(one.progress.bytesRead),
      one.error?.code ?? null,
    ]),
  );
}
