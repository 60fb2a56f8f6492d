import assert from "node:assert/strict";
import { test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import { colourTable, pixelFormats } from "@vigil/wire/redirection/kvm-pixels.ts";
import { decodeChannelMessage, encodeChannelMessage } from "@vigil/wire/redirection/kvm-channel.ts";
import { encodings, versionText } from "@vigil/wire/redirection/kvm.ts";
import { aFirmware } from "../testing/firmware-under-test.ts";
import { Viewer } from "../testing/viewer.ts";
import { FrameBuffer } from "../host/frame-buffer.ts";
import { sceneOf } from "../host/scene.ts";
import { passwordResponse } from "./screen-password.ts";

const all = [encodings.rle, encodings.raw, encodings.desktopSize];
const x11 = { control: 0xff_e3, alt: 0xff_e9, remove: 0xff_ff, enter: 0xff_0d };

function aViewer(...wanted: readonly number[]): Viewer & { readonly clock: ReturnType<typeof aFirmware>["clock"] } & {
  readonly firmware: ReturnType<typeof aFirmware>["firmware"];
} {
  const { firmware, clock } = aFirmware();
  const viewer = new Viewer(firmware);
  viewer.greet();
  viewer.say({ kind: "encodings", encodings: wanted });
  return Object.assign(viewer, { clock, firmware });
}

/** The screen as the device has it, in the colours of a picture. */
function shown(viewer: ReturnType<typeof aViewer>): Buffer {
  const frame = new FrameBuffer();
  frame.draw(sceneOf(viewer.firmware));
  const table = colourTable(pixelFormats.rgb565);
  return Buffer.from(Uint32Array.from(frame.pixels, (pixel) => table[pixel] ?? 0).buffer);
}

for (const [name, wanted] of [
  ["raw", [encodings.raw]],
  ["run-length", all],
] as const) {
  test(`the first update is the whole screen, ${name}, and the next one no more than what has moved`, async () => {
    const viewer = aViewer(...wanted);
    const first = await viewer.update(false);
    assert.equal(first.length, 16 * 12);
    assert.deepEqual(Buffer.from(viewer.picture.rgba.buffer), shown(viewer));
    viewer.ask(true);
    await viewer.clock.advance(100);
    await viewer.until(() => viewer.events.at(-1)?.kind === "updated" && viewer.events.length > first.length + 6);
    const second = viewer.events.slice(first.length + 6).filter((one) => one.kind === "tile");
    assert.ok(second.length > 0 && second.length < 20, `${second.length} tiles`);
    assert.deepEqual(Buffer.from(viewer.picture.rgba.buffer), shown(viewer));
    viewer.session.closed();
  });
}

test("run lengths, deflated or stored, take a small part of the raw picture", async () => {
  const raw = aViewer(encodings.raw);
  const deflated = aViewer(...all);
  const stored = aViewer(...all);
  const bytes = encodeChannelMessage({ kind: "command", command: 4, values: Uint8Array.of(0) });
  stored.say({ kind: "text", bytes });
  for (const viewer of [raw, deflated, stored]) await viewer.update(false);
  assert.deepEqual(stored.picture.rgba, raw.picture.rgba);
  assert.deepEqual(deflated.picture.rgba, raw.picture.rgba);
  assert.ok(raw.bytes > 1024 * 768 * 2);
  assert.ok(stored.bytes < raw.bytes / 20, `${stored.bytes} bytes`);
  assert.ok(deflated.bytes <= stored.bytes, `${deflated.bytes} bytes`);
});

for (const name of ["rgb332", "grey8", "grey4"] as const) {
  test(`a viewer sees the screen in ${name}, raw and run-length`, async () => {
    const one = aViewer(...all);
    const other = aViewer(encodings.raw);
    for (const viewer of [one, other]) {
      viewer.choose(name);
      await viewer.update(false);
    }
    assert.deepEqual(one.picture.rgba, other.picture.rgba);
    assert.ok(one.bytes < other.bytes / 5);
    assert.notDeepEqual(one.at(100, 400), [0, 0, 0]);
  });
}

test("a request is held until something moves", async () => {
  const viewer = aViewer(...all);
  await viewer.update(false);
  const before = viewer.events.length;
  viewer.ask(true);
  assert.equal(viewer.events.length, before);
  viewer.say({ kind: "pointer", buttons: 0, x: 500, y: 500 });
  await viewer.until(() => viewer.events.at(-1)?.kind === "updated" && viewer.events.length > before);
  assert.deepEqual(viewer.at(505, 505), [255, 255, 255]);
  viewer.session.closed();
});

test("what is typed stands on the screen, and the buttons colour the pointer", async () => {
  const viewer = aViewer(...all);
  const press = (keysym: number): void => {
    viewer.say({ kind: "key", isDown: true, keysym }, { kind: "key", isDown: false, keysym });
  };
  for (const letter of "dir") press(letter.charCodeAt(0));
  press(x11.enter);
  for (const keysym of [x11.control, x11.alt, x11.remove]) viewer.say({ kind: "key", isDown: true, keysym });
  for (const keysym of [x11.remove, x11.alt, x11.control]) viewer.say({ kind: "key", isDown: false, keysym });
  press("!".charCodeAt(0));
  assert.deepEqual(viewer.firmware.machine.desktop.lines, ["dir", "[ctrl-alt-del]", "!"]);
  viewer.say({ kind: "pointer", buttons: 1, x: 300, y: 600 });
  await viewer.update(false);
  assert.deepEqual(viewer.at(301, 601), [255, 0, 0]);
  assert.deepEqual(Buffer.from(viewer.picture.rgba.buffer), shown(viewer));
});

test("another resolution is told before any tile of it", async () => {
  const viewer = aViewer(...all);
  await viewer.update(false);
  viewer.firmware.change((state) => {
    state.lastBoot = { ...state.lastBoot, options: { BIOSSetup: true } };
  });
  assert.deepEqual(await viewer.update(), [{ kind: "size", width: 800, height: 600 }]);
  assert.equal((await viewer.update(false)).length, 13 * 10);
  assert.deepEqual(Buffer.from(viewer.picture.rgba.buffer), shown(viewer));
});

test("a viewer that cannot follow another resolution is let go", async () => {
  const viewer = aViewer(encodings.raw);
  await viewer.update(false);
  viewer.firmware.change((state) => {
    state.hasSystem = false;
  });
  viewer.ask(true);
  assert.ok(viewer.isEnded);
});

test("the screen of a host that is off is black", async () => {
  const viewer = aViewer(...all);
  await viewer.update(false);
  viewer.firmware.change((state) => {
    state.powerState = 8;
  });
  await viewer.update();
  assert.ok(new Uint32Array(viewer.picture.rgba.buffer).every((pixel) => pixel === 0xff00_0000));
});

test("to a viewer that does not read, tiles are made no further than a bounded backlog", async () => {
  const viewer = aViewer(encodings.raw);
  viewer.isFull = true;
  viewer.ask(false);
  await viewer.clock.advance(1_000);
  assert.deepEqual(viewer.events.at(-1), { kind: "update", rectangles: 192 });
  viewer.isFull = false;
  viewer.session.drained();
  await viewer.until(() => viewer.events.at(-1)?.kind === "updated");
});

test("a viewer that asks on and on and reads nothing is cut off", () => {
  const viewer = aViewer(...all);
  viewer.backlog = 1_000_000;
  viewer.say({ kind: "text", bytes: encodeChannelMessage({ kind: "data", payload: new Uint8Array() }) });
  assert.ok(viewer.isEnded);
});

test("silence ends a session after the device's limit, and a greeting that does not end sooner", async () => {
  const viewer = aViewer(...all);
  await viewer.clock.advance(2 * 60_000);
  viewer.say({ kind: "pointer", buttons: 0, x: 1, y: 1 });
  await viewer.clock.advance(2 * 60_000);
  assert.ok(!viewer.isEnded);
  await viewer.clock.advance(61_000);
  assert.ok(viewer.isEnded);
  const { firmware, clock } = aFirmware();
  const silent = new Viewer(firmware);
  await clock.advance(31_000);
  assert.ok(silent.isEnded);
  assert.equal(clock.pending(), 0);
});

test("the channel answers what the decimation is and that there is data", () => {
  const viewer = aViewer(...all, encodings.dataChannel);
  viewer.say({ kind: "text", bytes: encodeChannelMessage({ kind: "command", command: 2, values: Uint8Array.of(3) }) });
  viewer.say({ kind: "text", bytes: encodeChannelMessage({ kind: "command", command: 1, values: Uint8Array.of(0) }) });
  const said = viewer.events.filter((one) => one.kind === "text").map((one) => decodeChannelMessage(one.bytes));
  assert.deepEqual(
    said.map((one) => one.kind),
    ["data", "command"],
  );
  assert.ok(said[1]?.kind === "command");
  assert.deepEqual([...said[1].values], [3, 0]);
});

test("formats that firmware lacks are refused, grey ones before release 12 too", () => {
  const viewer = aViewer(...all);
  const format = { ...pixelFormats.rgb565, bitsPerPixel: 32, depth: 24 };
  assert.throws(() => viewer.say({ kind: "format", format }), VigilError);
});

test("the plain port asks for the password, and says why it lets nobody in", () => {
  const { firmware } = aFirmware();
  const seen: boolean[] = [];
  const last: (string | undefined)[] = [];
  const admit = (isRight: boolean): string | undefined => {
    seen.push(isRight);
    return isRight ? undefined : "wrong";
  };
  for (const password of ["P@ssw0rd", "P@ssw0re"]) {
    const viewer = new Viewer(firmware, { password: "P@ssw0rd", refusal: () => undefined, admit });
    viewer.session.receive(Buffer.from(versionText));
    viewer.session.receive(Uint8Array.of(2));
    const challenge = viewer.events.at(-1);
    assert.ok(challenge?.kind === "challenge");
    viewer.session.receive(passwordResponse(password, challenge.bytes));
    if (!viewer.isEnded) viewer.session.receive(Uint8Array.of(1));
    last.push(viewer.events.at(-1)?.kind);
  }
  assert.deepEqual(seen, [true, false]);
  assert.deepEqual(last, ["init", "refused"]);
});

test("the response to a challenge is the one that VNC servers compute", () => {
  // As OpenSSL's own DES gives it for the mirrored key 0e86ceceeef64e26.
  const challenge = Buffer.from("000102030405060708090a0b0c0d0e0f", "hex");
  const wanted = "b866924125c8eebb9debc1db61c538e2";
  assert.equal(Buffer.from(passwordResponse("password", challenge)).toString("hex"), wanted);
});
