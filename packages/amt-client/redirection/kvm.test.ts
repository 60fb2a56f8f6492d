import assert from "node:assert/strict";
import { test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import { IPS_KVMRedirectionSettingData } from "@vigil/model/ips/IPS_KVMRedirectionSettingData.ts";
import { encodeInstance } from "@vigil/model/instances.ts";
import { FrameBuffer } from "@vigil/virtual-device/host/frame-buffer.ts";
import { sceneOf } from "@vigil/virtual-device/host/scene.ts";
import type { SessionOpener } from "@vigil/virtual-device/redirection/session-line.ts";
import { keyCombinations } from "@vigil/wire/redirection/kvm-keys.ts";
import { Picture } from "@vigil/wire/redirection/kvm-picture.ts";
import { colourTable, pixelFormats, type PixelFormatName } from "@vigil/wire/redirection/kvm-pixels.ts";
import { aSessionPair, type SessionPair } from "../testing/session-pair.ts";
import { openKvm, type KvmEvent } from "./kvm.ts";

/** A device whose screen needs no consent. */
function aScreen(of: Parameters<typeof aSessionPair>[0] = {}): SessionPair {
  const pair = aSessionPair(of);
  const settings = { OptInPolicy: false, InstanceID: "Intel(r) KVM Redirection Settings", SessionTimeout: 3 };
  pair.firmware.change((state) => {
    state.stored["IPS_KVMRedirectionSettingData"] = [encodeInstance(IPS_KVMRedirectionSettingData, settings)];
  });
  return pair;
}

/** The screen as the device has it, in the colours of a picture. */
function shownBy({ firmware }: SessionPair): Buffer {
  const frame = new FrameBuffer();
  frame.draw(sceneOf(firmware));
  const table = colourTable(pixelFormats.rgb565);
  return Buffer.from(Uint32Array.from(frame.pixels, (pixel) => table[pixel] ?? 0).buffer);
}

async function errorOf(failing: Promise<unknown>): Promise<VigilError> {
  const error = await failing.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof VigilError, String(error));
  return error;
}

/** Advances time until it is done: a text is typed key by key. */
async function inTime<T>({ clock }: SessionPair, work: Promise<T>): Promise<T> {
  const state = { isDone: false };
  const done = work.finally(() => (state.isDone = true));
  while (!state.isDone) await clock.advance(10);
  return done;
}

test("a picture is what the device shows, and so is the next one after something has moved", async () => {
  const pair = aScreen();
  using kvm = await openKvm(pair.options);
  assert.deepEqual([kvm.width, kvm.height, kvm.name], [1024, 768, "Intel(r) AMT KVM"]);
  assert.deepEqual(Buffer.from((await kvm.picture()).rgba.buffer), shownBy(pair));
  await pair.clock.advance(350);
  assert.deepEqual(Buffer.from((await kvm.picture()).rgba.buffer), shownBy(pair));
});

for (const format of ["rgb332", "grey8", "grey4"] satisfies PixelFormatName[]) {
  test(`a picture can be had in ${format}`, async () => {
    const pair = aScreen();
    using kvm = await openKvm({ ...pair.options, format });
    const picture = await kvm.picture();
    const isGrey = picture.rgba.every((value, at, all) => at % 4 === 3 || value === all[at - (at % 4)]);
    assert.equal(isGrey, format !== "rgb332");
  });
}

test("events follow what happens, and their tiles can be drawn by anybody who begins with a whole picture", async () => {
  const pair = aScreen();
  using kvm = await openKvm(pair.options);
  const picture = new Picture(kvm.width, kvm.height, kvm.format);
  const take = async (until: KvmEvent["kind"]): Promise<void> => {
    for await (const event of kvm.events()) {
      if (event.kind === "tile") picture.draw(event);
      if (event.kind === "size") picture.resize(event.width, event.height);
      if (event.kind === until) return;
    }
  };
  await take("updated");
  await kvm.pointer(600, 500, 1);
  await kvm.press(keyCombinations.ctrlAltDelete);
  await take("updated");
  await inTime(pair, kvm.type("hello\r\n"));
  await take("updated");
  assert.deepEqual(pair.firmware.machine.desktop.lines, ["[ctrl-alt-del]", "hello", ""]);
  assert.deepEqual(pair.firmware.machine.desktop.pointer, { x: 600, y: 500, buttons: 1 });
  pair.firmware.change((state) => {
    state.hasSystem = false;
  });
  await take("size");
  await take("updated");
  await take("updated");
  assert.deepEqual([kvm.width, kvm.height, picture.width, picture.height], [800, 600, 800, 600]);
  assert.deepEqual(Buffer.from(picture.rgba.buffer), shownBy(pair));
});

test("a text with what no key types is refused whole, and says nothing of what it was", async () => {
  const pair = aScreen();
  using kvm = await openKvm(pair.options);
  const error = await errorOf(kvm.type("pass\u{1f511}word"));
  assert.equal(error.code, "amt.kvm.untypable");
  assert.deepEqual(error.details, { at: 5, characters: 9, most: 4_096 });
  assert.deepEqual(pair.firmware.machine.desktop.lines, [""]);
});

test("a second viewer is refused as busy, consent that is missing is told, and an ended session too", async () => {
  const pair = aScreen();
  const kvm = await openKvm(pair.options);
  await kvm.picture();
  assert.equal((await errorOf(openKvm(pair.options))).code, "amt.redirection.busy");
  pair.firmware.sessions.end("kvm");
  assert.equal((await errorOf(kvm.picture())).code, "amt.redirection.closed");
  pair.firmware.change((state) => {
    delete state.stored["IPS_KVMRedirectionSettingData"];
  });
  assert.equal((await errorOf(openKvm(pair.options))).code, "amt.redirection.refused");
  pair.firmware.consent.start();
  pair.firmware.consent.enter(Number(pair.firmware.state.consent.code));
  using again = await openKvm(pair.options);
  assert.equal(pair.firmware.state.consent.state, "inSession");
  again.close();
});

test("who waits for the screen can stop waiting", async () => {
  const pair = aScreen();
  using kvm = await openKvm(pair.options);
  await kvm.picture();
  const stop = new AbortController();
  const waiting = kvm.next(stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(waiting, /enough/);
});

/** A screen that says these bytes and then nothing. */
function saying(hex: string): SessionOpener {
  return (line) => {
    line.send(Buffer.from(hex.replaceAll(" ", ""), "hex"));
    return { receive: () => {}, closed: () => {} };
  };
}

test("a screen that refuses, says what is no KVM, or nothing at all, is named", async () => {
  const greeting = "4100000000000000 524642203030332e3030380a";
  const codeOf = async (hex: string): Promise<string> => {
    const pair = aScreen({ openers: { kvm: saying(hex) } });
    return (await inTime(pair, errorOf(openKvm(pair.options)))).code;
  };
  assert.equal(await codeOf(`${greeting} 00 00000004 62757379`), "amt.kvm.refused");
  assert.equal(await codeOf(`${greeting} 01 02`), "amt.kvm.refused");
  assert.equal(
    await codeOf(`${greeting} 01 01 00000000 0400 0300 2018 00 01 00ff00ff00ff 100800 000000 00000000`),
    "amt.kvm.unreadable",
  );
  assert.equal(await codeOf("4200000000000000"), "amt.kvm.unreadable");
  assert.equal(await codeOf("41000000"), "amt.answer.timeout");
});
