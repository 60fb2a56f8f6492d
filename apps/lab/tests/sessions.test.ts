import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { vigilClient } from "@vigil/api/client.ts";
import { recordingFilePath } from "@vigil/api/resources/sessions.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { encodeViewerMessage, kvmStart, versionText } from "@vigil/wire/redirection/kvm.ts";
import { decodeRecordingHead, recordedPieces } from "@vigil/wire/redirection/screen-recording.ts";
import { encodeManagerSol, usualSolLimits } from "@vigil/wire/redirection/sol.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";
import { askAndOpen, showTicket, type Kind, type SessionSocket } from "../testing/session-socket.ts";

// Sessions over a real server, a real web socket client that is a stranger to the server's, and a virtual device over TLS: after every one of them
// the device has nothing open.

let stage: Stage;
let device: VirtualDevice;
let uuid: string;

before(async () => {
  stage = await setStage({ devices: 1, fleet: { generations: ["16"] } });
  await untilProvisioned(stage, 1);
  device = stage.fleet.devices[0] ?? assert.fail();
  ({ uuid } = device.firmware);
});
after(() => stage[Symbol.asyncDispose]());

/** Nothing stays open on the device, and the server's list is empty. */
afterEach(async () => {
  device.faults.clear();
  for (const kind of ["sol", "ider", "kvm"] as const) {
    await until(`no ${kind} session on the device`, () => device.firmware.sessions.of(kind) === undefined, soon);
  }
  await until("an empty list", async () => (await stage.client.sessions.list()).items.length === 0, soon);
});

const soon = { limitMs: 10_000, lookMs: 20 };

async function opened(kind: Kind, more: { takeOver?: boolean; isViewOnly?: boolean } = {}): Promise<SessionSocket> {
  if (kind === "kvm") giveConsent();
  const session = await askAndOpen(stage, uuid, { kind, ...more });
  const frame = await session.frame();
  assert.equal(frame.type, "opened", JSON.stringify(frame));
  assert.ok(device.firmware.sessions.of(kind) !== undefined, "the device has it");
  return session;
}

/** The code of the device's screen, read by its user and typed in. */
function giveConsent(): void {
  const { consent, state } = device.firmware;
  if (state.consent.state === "received" || state.consent.state === "inSession") return;
  consent.start();
  consent.enter(Number(state.consent.code));
}

async function auditOf(action: string): Promise<Record<string, unknown>[]> {
  const { items } = await stage.client.audit.list({ query: { device: uuid, search: action } });
  return items.map(({ actor, details }) => ({ actor, ...details }));
}

/** What the session was ended with, and the code that its socket was closed with. */
async function endOf(session: SessionSocket): Promise<[type: string, code: string | undefined, closeCode: number]> {
  const frame = await session.frame();
  if (frame.type === "opened" || frame.type === "resumed") return assert.fail("it is open");
  return [frame.type, frame.error?.code, await session.closed];
}

function joined(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  return Buffer.concat(parts.map((one) => Buffer.from(one)));
}

/** Everything that a viewer says up to the first picture. */
const viewerGreeting = joined(kvmStart, versionText, Uint8Array.of(1, 1));

test("the serial line's bytes go both ways, the session is listed, and its opening and end are in the audit", async () => {
  using session = await opened("sol");
  session.send(encodeManagerSol({ type: "start", sequence: 0, limits: usualSolLimits }));
  await until("the start's answer", () => session.bytes().length > 0, soon);
  session.send(encodeManagerSol({ type: "data", sequence: 1, data: Buffer.from("hello\r") }));
  await until("the prompt's echo", () => session.bytes().includes("hello: unknown"), soon);
  const [listed] = (await stage.client.sessions.list()).items;
  assert.partialDeepStrictEqual(listed, { device: uuid, kind: "sol", state: "open", actor: "api-key:program" });
  assert.partialDeepStrictEqual(listed, { path: "direct", channel: "tls", isViewOnly: false });
  session.socket.close();
  await until("the entry of its end", async () => (await auditOf("session.ended")).length === 1, soon);
  const [begin] = await auditOf("session.opened");
  assert.partialDeepStrictEqual(begin, { actor: "api-key:program", kind: "sol", path: "direct", channel: "tls" });
  const [end] = await auditOf("session.ended");
  assert.partialDeepStrictEqual(end, { kind: "sol", code: null, session: listed?.id });
  assert.equal(end?.["bytesFromDevice"], session.bytes().length);
});

test("a screen is shown through it: greeting, then a picture", async () => {
  using session = await opened("kvm");
  session.send(viewerGreeting);
  session.send(
    joined(
      encodeViewerMessage({ kind: "encodings", encodings: [16, 0, -223] }),
      encodeViewerMessage({ kind: "request", isIncremental: false, x: 0, y: 0, width: 640, height: 480 }),
    ),
  );
  // More than a greeting is: the head of an update and a tile.
  await session.atLeast(300);
  session.socket.close();
});

test("a disk's session is open until its browser closes", async () => {
  using session = await opened("ider");
  session.socket.close();
  await session.closed;
});

test("a ticket opens one session; shown again, made up, or with another login it opens none", async () => {
  const {
    ticket,
    session: id,
    expiresAt,
  } = await stage.client.sessions.open({ params: { id: uuid }, body: { kind: "sol" } });
  assert.ok(Date.parse(expiresAt) > 0);
  const other = await stage.client.access.createKey({ body: { name: "another" } });
  {
    using stranger = showTicket({ url: stage.url, token: other.key }, ticket);
    assert.deepEqual(await endOf(stranger), ["failed", "sessions.ticket.invalid", 4000]);
  }
  // Whoever showed it has used it up.
  using late = showTicket(stage, ticket);
  assert.deepEqual(await endOf(late), ["failed", "sessions.ticket.invalid", 4000]);
  using guessed = showTicket(stage, "A".repeat(43));
  assert.deepEqual(await endOf(guessed), ["failed", "sessions.ticket.invalid", 4000]);
  const good = await stage.client.sessions.open({ params: { id: uuid }, body: { kind: "sol" } });
  using session = showTicket(stage, good.ticket);
  assert.deepEqual(await session.frame(), { type: "opened", session: good.session, kind: "sol" });
  assert.notEqual(good.session, id);
});

test("a second viewer is refused with who is there and since when, at the ticket and at the socket", async () => {
  const early = await stage.client.sessions.open({ params: { id: uuid }, body: { kind: "kvm" } });
  using first = await opened("kvm");
  await assert.rejects(stage.client.sessions.open({ params: { id: uuid }, body: { kind: "kvm" } }), (error) => {
    assert.ok(error instanceof VigilError);
    assert.equal(error.code, "sessions.busy");
    assert.partialDeepStrictEqual(error.details, { by: "api-key:program", kind: "kvm", device: uuid });
    assert.ok(Date.parse(String(error.details["since"])) <= Date.now());
    return true;
  });
  using second = showTicket(stage, early.ticket);
  assert.deepEqual(await endOf(second), ["failed", "sessions.busy", 4000]);
  first.send(viewerGreeting);
  await first.atLeast(20);
});

test("a viewer that takes over ends the first, who hears by whom", async () => {
  using first = await opened("kvm");
  using second = await opened("kvm", { takeOver: true });
  const frame = await first.frame();
  assert.partialDeepStrictEqual(frame, {
    type: "ended",
    error: { code: "sessions.taken-over", details: { by: "api-key:program" } },
  });
  assert.equal(await first.closed, 4001);
  second.send(viewerGreeting);
  await second.atLeast(20);
});

test("who only views cannot type or point, whatever the socket says", async () => {
  using session = await opened("kvm", { isViewOnly: true });
  const request = { kind: "request", isIncremental: false, x: 0, y: 0, width: 64, height: 64 } as const;
  session.send(viewerGreeting);
  session.send(encodeViewerMessage({ kind: "encodings", encodings: [16, 0, -223] }));
  await session.atLeast(30);
  const { desktop } = device.firmware.machine;
  const untouched = desktop.pointer;
  session.send(
    joined(
      encodeViewerMessage({ kind: "pointer", buttons: 1, x: 3, y: 4 }),
      encodeViewerMessage({ kind: "key", isDown: true, keysym: 0x61 }),
      encodeViewerMessage({ kind: "text", bytes: Buffer.from("x") }),
      encodeViewerMessage(request),
    ),
  );
  const had = session.bytes().length;
  await session.atLeast(had + 20);
  assert.deepEqual(desktop.pointer, untouched);
});

test("a killed session hears by whom, and a stranger to the list gets a plain answer", async () => {
  using session = await opened("sol");
  const [listed] = (await stage.client.sessions.list()).items;
  await stage.client.sessions.kill({ params: { id: listed?.id ?? "" } });
  assert.deepEqual(await endOf(session), ["ended", "sessions.killed", 4001]);
  await assert.rejects(stage.client.sessions.kill({ params: { id: listed?.id ?? "" } }), { code: "sessions.unknown" });
});

test("a device that vanishes in the midst of a session ends it with its name", async () => {
  using session = await opened("kvm");
  device.dropConnections();
  const [type, code, closeCode] = await endOf(session);
  assert.deepEqual([type, closeCode], ["ended", 4001]);
  assert.match(code ?? "", /^amt\.(redirection\.closed|connect\.reset)$/);
});

test("a device that refuses says why on the socket, and the audit has it", async () => {
  device.faults.set({ misbehavior: { kind: "session", how: "busy" } });
  using session = await askAndOpen(stage, uuid, { kind: "sol" });
  assert.deepEqual(await endOf(session), ["failed", "amt.redirection.busy", 4000]);
  const failed = await auditOf("session.failed");
  assert.partialDeepStrictEqual(failed[0], { kind: "sol", code: "amt.redirection.busy" });
});

test("a screen whose user has not consented says so, by its code", async () => {
  device.firmware.consent.cancel();
  using session = await askAndOpen(stage, uuid, { kind: "kvm" });
  assert.deepEqual(await endOf(session), ["failed", "amt.consent.needed", 4000]);
});

test("a key that is removed takes its sessions with it", async () => {
  const { key, id } = await stage.client.access.createKey({ body: { name: "short-lived" } });
  const where = { url: stage.url, token: key, client: vigilClient({ baseUrl: stage.url, token: key }) };
  using session = await askAndOpen(where, uuid, { kind: "sol" });
  assert.equal((await session.frame()).type, "opened");
  await stage.client.access.removeKey({ params: { id } });
  assert.deepEqual(await endOf(session), ["ended", "sessions.revoked", 4001]);
});

test("a session is recorded when the settings say so, and the recording is listed and taken", async () => {
  const settings = { recordsSerialLine: true, recordsScreen: true, keepDays: 3 };
  assert.deepEqual(await stage.client.sessions.changeSettings({ body: settings }), settings);
  {
    using session = await opened("sol");
    session.send(encodeManagerSol({ type: "start", sequence: 0, limits: usualSolLimits }));
    session.send(encodeManagerSol({ type: "data", sequence: 1, data: Buffer.from("hello\r") }));
    await until("the prompt's echo", () => session.bytes().includes("hello: unknown"), soon);
    assert.equal((await stage.client.sessions.list()).items[0]?.isRecorded, true);
  }
  {
    using session = await opened("kvm");
    session.send(viewerGreeting);
    session.send(encodeViewerMessage({ kind: "request", isIncremental: false, x: 0, y: 0, width: 64, height: 64 }));
    await session.atLeast(100);
  }
  const ended = async () => (await stage.client.sessions.recordings()).items.filter((one) => one.endedAt !== null);
  await until("both are ended", async () => (await ended()).length === 2, soon);
  const [screen, line] = await ended();
  assert.partialDeepStrictEqual(screen, { device: uuid, kind: "kvm", isWhole: true });
  const cast = String(await fileOf(line?.id));
  assert.match(cast, /^\{"version":2,/);
  assert.match(cast, /hello: unknown/);
  const file = await fileOf(screen?.id);
  assert.equal(file.length, screen?.bytes);
  const { head, bytes } = decodeRecordingHead(file);
  assert.equal(head.device, uuid);
  const [first] = recordedPieces(file, bytes);
  assert.match(Buffer.from(first?.bytes ?? []).toString("latin1"), /^RFB 003\.008/);
  const path = `${stage.url}${recordingFilePath(screen?.id ?? "")}`;
  assert.equal((await fetch(path)).status, 401);
  await stage.client.sessions.removeRecording({ params: { id: screen?.id ?? "" } });
  assert.equal((await fetch(path, { headers: { authorization: `Bearer ${stage.token}` } })).status, 404);
  await stage.client.sessions.changeSettings({ body: { ...settings, recordsSerialLine: false, recordsScreen: false } });
});

async function fileOf(id = ""): Promise<Buffer> {
  const headers = { authorization: `Bearer ${stage.token}` };
  return Buffer.from(await (await fetch(`${stage.url}${recordingFilePath(id)}`, { headers })).arrayBuffer());
}

test("text, too much at once, or bytes before the session is open are refused, and the server goes on", async () => {
  {
    using session = await opened("sol");
    session.socket.send("hello");
    assert.deepEqual(await endOf(session), ["ended", "sessions.frame.unexpected", 4001]);
  }
  {
    using session = await opened("sol");
    session.send(new Uint8Array(2 * 1024 * 1024));
    assert.equal(await session.closed, 1009);
    await until("its end", async () => (await stage.client.sessions.list()).items.length === 0, soon);
  }
  device.faults.set({ misbehavior: { kind: "mute" } });
  for (const [bytes, code] of [
    [8, 4000],
    [2 * 1024 * 1024, 1009],
  ] as const) {
    using session = await askAndOpen(stage, uuid, { kind: "sol" });
    session.socket.addEventListener("open", () => session.send(new Uint8Array(bytes)));
    assert.equal(await session.closed, code);
    await until("its end", async () => (await stage.client.sessions.list()).items.length === 0, soon);
  }
});

test("of two that take over at once one has the session", async () => {
  using first = await opened("sol");
  const both = await Promise.all([1, 2].map(() => askAndOpen(stage, uuid, { kind: "sol", takeOver: true })));
  await first.closed;
  const left = async (): Promise<number> => (await stage.client.sessions.list()).items.length;
  await until("one of them is closed", () => both.some((one) => one.socket.readyState === WebSocket.CLOSED), soon);
  assert.equal(await left(), 1);
  for (const one of both) one.socket.close();
});

test("a browser that closes while the device is still being asked leaves nothing behind", async () => {
  device.faults.set({ misbehavior: { kind: "mute" } });
  using session = await askAndOpen(stage, uuid, { kind: "kvm" });
  await until("the opening", async () => (await stage.client.sessions.list()).items[0]?.state === "opening", soon);
  session.socket.close();
  await until("its end", async () => (await stage.client.sessions.list()).items.length === 0, soon);
  await until("no connection", () => device.openConnections === 0, soon);
});

test("a page of another origin and a socket without a ticket are refused before any session", async () => {
  const ask = (headers: Record<string, string>) =>
    fetch(`${stage.url}/api/sessions/stream`, { headers: { ...headers, authorization: `Bearer ${stage.token}` } });
  // Without the words of an upgrade it is a route like any other, and there is none.
  assert.equal((await ask({})).status, 404);
  const socket = new WebSocket(`${stage.url.replace(/^http/, "ws")}/api/sessions/stream`, ["vigil.session.v1"]);
  await new Promise((resolve) => socket.addEventListener("error", resolve, { once: true }));
  const foreign = new WebSocket(`${stage.url.replace(/^http/, "ws")}/api/sessions/stream`, {
    protocols: ["vigil.session.v1", "vigil.ticket.x"],
    headers: { origin: "http://evil.example" },
  });
  await new Promise((resolve) => foreign.addEventListener("error", resolve, { once: true }));
});

test("a server that stops ends its sessions and says so", async () => {
  using session = await opened("sol");
  const stopped = stage.server.stop();
  assert.deepEqual(await endOf(session), ["ended", "sessions.stopped", 4001]);
  await stopped;
  await until("no session on the device", () => device.firmware.sessions.of("sol") === undefined, soon);
  await stage.restart();
});
