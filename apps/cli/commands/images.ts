import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { Command } from "commander";
import type { VigilClient } from "@vigil/api/client.ts";
import type { Image } from "@vigil/api/resources/images.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { printJson, printTable } from "../output.ts";
import { bytesBar, bytesInWords } from "../progress.ts";
import { uploadImage } from "../upload.ts";

interface JsonOption {
  readonly json?: true;
}

interface AddOptions extends JsonOption {
  readonly name?: string;
  readonly floppy?: true;
}

/** `vigil image list|add|remove`. */
export function addImageCommands(program: Command): void {
  const image = program
    .command("image")
    .alias("images")
    .description("the library of images that devices can be booted from");
  image.command("list").description("all of them").option("--json", "print JSON").action(list);
  image
    .command("add <file>")
    .description("put an ISO image of a CD, or an image of a floppy, into the library")
    .option("--name <name>", "what it is called there; the file's name unless said otherwise")
    .option("--floppy", "it goes into the floppy's drive")
    .option("--json", "print JSON")
    .action(add);
  image
    .command("remove <name>")
    .description("take an image out of the library")
    .option("--json", "print JSON")
    .action(remove);
}

async function list({ json }: JsonOption): Promise<void> {
  const found = await signedInClient().images.list();
  if (json === true) return printJson(found);
  printTable(
    ["NAME", "KIND", "SIZE", "SHA-256", "ADDED", "BY", "IN USE"],
    found.items.map(({ name, kind, bytes, sha256, addedAt, addedBy, inUse }) => [
      name,
      kind,
      bytesInWords(bytes),
      sha256.slice(0, 16),
      addedAt,
      addedBy,
      inUse === 0 ? null : inUse,
    ]),
  );
  process.stderr.write(`${bytesInWords(found.freeBytes)} are free\n`);
}

async function add(file: string, options: AddOptions): Promise<void> {
  if (!existsSync(file)) throw fail("cli.usage.wrong", { message: `There is no file ${file}` });
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(fail("cli.stopped")));
  const image = {
    file,
    name: options.name ?? basename(file),
    kind: options.floppy === true ? "floppy" : "cd",
  } as const;
  const added = await uploadWithBar(signedInClient(), image, stop.signal);
  if (options.json === true) return printJson(added);
  process.stderr.write(`Added ${added.name}, ${bytesInWords(added.bytes)}, SHA-256 ${added.sha256}\n`);
}

/** Sends a file into the library, and shows how far that is. @throws what the server reports */
export async function uploadWithBar(
  client: VigilClient,
  image: Parameters<typeof uploadImage>[1],
  signal: AbortSignal,
): Promise<Image> {
  const clock = systemClock();
  const started = clock.monotonic();
  using bar = bytesBar("Uploading");
  const onProgress = (sent: number, bytes: number): void => {
    const rate = (sent * 1000) / Math.max(1, clock.monotonic() - started);
    bar.show(sent, bytes, rate, Math.ceil((bytes - sent) / rate));
  };
  return await uploadImage(client, image, { signal, onProgress });
}

async function remove(name: string, { json }: JsonOption): Promise<void> {
  await signedInClient().images.remove({ params: { name } });
  if (json === true) return printJson({ removed: name });
  process.stderr.write(`Removed ${name}\n`);
}
