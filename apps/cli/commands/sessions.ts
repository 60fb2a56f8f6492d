import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Option, type Command } from "commander";
import { fail as failApi } from "@vigil/api/errors.ts";
import { errorOf } from "@vigil/api/report.ts";
import { recordingFilePath, type SessionSettings } from "@vigil/api/resources/sessions.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { readAccount, signedInClient } from "../account.ts";
import { fail } from "../errors.ts";
import { ageOf, printFacts, printJson, printTable } from "../output.ts";
import { wholeNumber } from "../whole-number.ts";

interface Json {
  readonly json?: true;
}

interface SettingsOptions extends Json {
  readonly serialLines?: "on" | "off";
  readonly screens?: "on" | "off";
  readonly keepDays?: number;
}

/** `vigil session list|end|recordings|recording|settings`. */
export function addSessionCommands(program: Command): void {
  const session = program.command("session").description("live sessions with devices, and recordings of them");
  session.command("list").description("who has which session open").option("--json", "print JSON").action(list);
  session.command("end <id>").description("end a session, whoever has it").option("--json", "print JSON").action(end);
  session.command("recordings").description("list recordings").option("--json", "print JSON").action(recordings);
  session
    .command("recording <id>")
    .description("get a recording, or remove it: a serial line's plays with asciinema")
    .option("--out <file>", "where to write it; nothing that is there is overwritten")
    .option("--remove", "remove it")
    .action(recording);
  session
    .command("settings")
    .description("show, or say, what is recorded; never what somebody types")
    .addOption(new Option("--serial-lines <switch>", "record serial lines").choices(["on", "off"]))
    .addOption(new Option("--screens <switch>", "record screens").choices(["on", "off"]))
    .option("--keep-days <days>", "remove recordings after that many days", (text) =>
      wholeNumber(text, "--keep-days", 3_650),
    )
    .option("--json", "print JSON")
    .action(settings);
}

async function list({ json }: Json): Promise<void> {
  const { items } = await signedInClient().sessions.list();
  if (json === true) return printJson({ items });
  const now = systemClock().now();
  printTable(
    ["SESSION", "DEVICE", "KIND", "WHO", "OPENED", "LAST USED", "FROM DEVICE", "TO DEVICE"],
    items.map((one) => [
      one.id,
      one.hostName ?? one.address,
      one.isViewOnly ? `${one.kind}, view only` : one.kind,
      one.actor,
      ageOf(one.startedAt, now),
      ageOf(one.activeAt, now),
      one.bytesFromDevice,
      one.bytesToDevice,
    ]),
  );
}

async function end(id: string, { json }: Json): Promise<void> {
  await signedInClient().sessions.kill({ params: { id: id.toLowerCase() } });
  if (json === true) return printJson({ ended: id });
  process.stdout.write("ended\n");
}

async function recordings({ json }: Json): Promise<void> {
  const { items } = await signedInClient().sessions.recordings();
  if (json === true) return printJson({ items });
  printTable(
    ["SESSION", "DEVICE", "KIND", "WHO", "FROM", "UNTIL", "BYTES", "WHOLE"],
    items.map((one) => [
      one.id,
      one.hostName ?? one.device,
      one.kind,
      one.actor,
      one.startedAt,
      one.endedAt,
      one.bytes,
      one.isWhole ? "yes" : "no",
    ]),
  );
}

async function recording(id: string, how: { readonly out?: string; readonly remove?: true }): Promise<void> {
  const { out, remove } = how;
  if ((out === undefined) === (remove === undefined)) {
    throw fail("cli.usage.wrong", { message: "Say --out FILE, or --remove" });
  }
  const client = signedInClient();
  if (out === undefined) return void (await client.sessions.removeRecording({ params: { id: id.toLowerCase() } }));
  const { url, token } = readAccount();
  const headers = { authorization: `Bearer ${token}` };
  const address = `${url.replace(/\/+$/, "")}${recordingFilePath(encodeURIComponent(id.toLowerCase()))}`;
  let response: Response;
  try {
    response = await fetch(address, { headers, redirect: "error" });
  } catch (cause) {
    throw failApi("api.server.unreachable", { cause, details: { url } });
  }
  if (!response.ok || response.body === null) {
    throw errorOf(await response.json().catch(() => undefined)) ?? failApi("api.answer.invalid");
  }
  // It shows what somebody saw.
  const file = createWriteStream(out, { flags: "wx", mode: 0o600 });
  await pipeline(Readable.fromWeb(response.body), file).catch((cause: unknown) => {
    throw fail("cli.usage.wrong", { message: `Cannot write ${out}`, cause });
  });
}

async function settings({ serialLines, screens, keepDays, json }: SettingsOptions): Promise<void> {
  const client = signedInClient();
  let now: SessionSettings = await client.sessions.settings();
  if (serialLines !== undefined || screens !== undefined || keepDays !== undefined) {
    const body = {
      recordsSerialLine: serialLines === undefined ? now.recordsSerialLine : serialLines === "on",
      recordsScreen: screens === undefined ? now.recordsScreen : screens === "on",
      keepDays: keepDays ?? now.keepDays,
    };
    now = await client.sessions.changeSettings({ body });
  }
  if (json === true) return printJson(now);
  printFacts([
    ["serial lines", now.recordsSerialLine ? "recorded" : "not recorded"],
    ["screens", now.recordsScreen ? "recorded" : "not recorded"],
    ["kept for", `${now.keepDays} days`],
  ]);
}
