import assert from "node:assert/strict";
import { test } from "node:test";
import { httpsBootParameters } from "@vigil/wire/boot-parameters.ts";
import { inClientControl } from "../testing/client-control.ts";
import { aPair, type Pair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";
import { aFault } from "../testing/scripted-device.ts";

const https = "Intel(r) AMT: Force OCR UEFI HTTPS Boot";

/** Has the machine start, and waits until it has. */
async function started({ device, clock }: Pair): Promise<void> {
  await device.power.cycle();
  await clock.advance(10_000);
}

function parametersIn({ firmware }: Pair) {
  return firmware.state.boot.parameters.map(({ type, value }) => [
    type,
    Buffer.from(value, "base64").toString("latin1"),
  ]);
}

test("arrange() makes one boot start from the network; then the options are gone", async () => {
  const pair = aPair();
  const { device, firmware } = pair;
  await using _ = device;
  await device.boot.arrange("network");
  assert.equal(firmware.state.boot.source, "Intel(r) AMT: Force PXE Boot");
  assert.equal(firmware.state.boot.isNext, true);
  await started(pair);
  assert.equal(firmware.state.boot.source, null);
  assert.equal(firmware.state.lastBoot.source, "Intel(r) AMT: Force PXE Boot");
  await started(pair);
  assert.equal(firmware.state.lastBoot.source, null, "the boot after it is an ordinary one");
});

test("BIOS setup is arranged even while a boot source is chosen", async () => {
  const { device } = aPair();
  await using _ = device;
  await device.boot.arrange("disk");
  await device.boot.arrange("bios-setup");
  assert.deepEqual(await device.boot.read(), { isPending: true, entersBiosSetup: true, pausesInBios: false });
  await device.boot.clear();
  assert.deepEqual(await device.boot.read(), { isPending: false, entersBiosSetup: false, pausesInBios: false });
});

test("firmware that does not say whether options wait shows them until they are used up", async () => {
  const pair = aPair({ generation: "7" });
  const { device } = pair;
  await using _ = device;
  assert.equal((await device.boot.read()).isPending, false);
  await device.boot.arrange("redirected-floppy");
  assert.equal((await device.boot.read()).isPending, true);
  await started(pair);
  assert.equal((await device.boot.read()).isPending, false);
});

test("a boot into BIOS setup is seen in the event log", async () => {
  const pair = aPair();
  await pair.device.boot.arrange("bios-setup");
  await started(pair);
  const [newest] = await pair.device.eventLog.read(1);
  assert.match(JSON.stringify(newest), /BIOS setup was entered/);
});

test("options go with the target: serial line, redirected disk, locked keyboard, skipped passwords", async () => {
  const pair = aPair();
  const { device, firmware } = pair;
  const options = { showsOnSerial: true, locks: ["keyboard"], skipsPasswords: true, reportsProgress: true } as const;
  await device.boot.arrange("redirected-cd", options);
  await started(pair);
  assert.deepEqual(firmware.state.lastBoot.options, {
    ForcedProgressEvents: true,
    IDERBootDevice: "cd",
    LockKeyboard: true,
    UseIDER: true,
    UseSOL: true,
    UserPasswordBypass: true,
  });
});

test("what the platform lacks is refused before anything is sent, with what there is instead", async () => {
  const { device, line } = aPair();
  await using _ = device;
  const targets = [
    "default",
    "disk",
    "network",
    "cd",
    "bios-setup",
    "bios-reflash",
    "redirected-cd",
    "redirected-floppy",
  ];
  assert.deepEqual(await device.boot.supported(), targets);
  const before = line.arrivals.length;
  const lacking = errorWith("amt.platform.lacking", { wanted: "ForceDiagnosticBoot", has: targets.join(", ") });
  await assert.rejects(device.boot.arrange("diagnostic"), lacking);
  assert.equal(line.arrivals.length - before, 1, "the capabilities");
  const locks = ["power-button", "keyboard"] as const;
  await assert.rejects(
    device.boot.arrange("disk", { locks }),
    errorWith("amt.platform.lacking", { wanted: "PowerButtonLock" }),
  );
});

test("when a step fails, the options before it are taken back", async () => {
  const { device, firmware } = aPair({
    fault: (body) => (body.includes("SetBootConfigRole_INPUT") ? aFault(body, "e:InvalidParameter") : undefined),
  });
  await assert.rejects(device.boot.arrange("bios-setup"), errorWith("wsman.fault.invalidParameter"));
  assert.deepEqual(firmware.state.boot.settings, {});
  assert.equal(firmware.state.boot.source, null);
});

test("recovery boots and erasing are off until they are allowed", async () => {
  const { device } = aPair();
  const before = await device.boot.recovery();
  assert.deepEqual(before, {
    isAllowed: false,
    isEraseAllowed: false,
    platform: { https: true, windows: true, preboot: true },
    entries: [],
    erasable: ["drives", "tpm", "biosVariables", "biosSettings"],
  });
  await assert.rejects(device.boot.arrangeHttps({ uri: "https://repair.example.test/image.efi" }), {
    code: "amt.platform.lacking",
  });
  await assert.rejects(device.boot.arrangeErase({ what: ["tpm"] }), { code: "amt.platform.lacking" });
  await device.boot.allowRecovery({ recovery: true, erase: true });
  const after = await device.boot.recovery();
  assert.partialDeepStrictEqual(after, { isAllowed: true, isEraseAllowed: true });
  assert.deepEqual(
    after.entries.map(({ path }) => path),
    ["\\OemPba.efi", "WinRe"],
  );
  await device.boot.allowRecovery({ recovery: false, erase: false });
  assert.deepEqual(await device.boot.recovery(), before);
});

test("the machine boots an image over HTTPS, with all that the firmware is told", async () => {
  const pair = aPair();
  const { device, firmware } = pair;
  await device.boot.allowRecovery({ recovery: true, erase: false });
  await device.boot.arrangeHttps({
    uri: "https://repair.example.test/image.efi",
    imageHash: new Uint8Array(48).fill(1),
    certificateHash: new Uint8Array(32).fill(2),
    serverName: "example.test",
    matchesNameBySuffix: true,
    usesDeviceRoots: true,
    login: { username: "repair", password: "G00d!Night" },
    timeoutSeconds: 300,
  });
  assert.deepEqual(parametersIn(pair), [
    [1, "https://repair.example.test/image.efi"],
    [5, "\u0001".repeat(48)],
    [20, "\u0001"],
    [21, "example.test"],
    [22, "\u0002\u0000"],
    [23, "\u0002".repeat(32)],
    [30, "\u002c\u0001"],
    [40, "repair"],
    [41, "G00d!Night"],
  ]);
  await started(pair);
  assert.equal(firmware.state.lastBoot.source, https);
  assert.deepEqual(firmware.state.boot.parameters, []);
});

test("an image from a plain web server, and a hash of no known length, never leave", async () => {
  const { device, firmware } = aPair();
  await device.boot.allowRecovery({ recovery: true, erase: false });
  const plain = device.boot.arrangeHttps({ uri: "http://repair.example.test/image.efi" });
  await assert.rejects(plain, errorWith("amt.boot.refused", { status: "unsupported-boot-option" }));
  const uri = "https://repair.example.test/image.efi";
  await assert.rejects(device.boot.arrangeHttps({ uri, imageHash: new Uint8Array(20) }), {
    code: "amt.argument.invalid",
  });
  assert.equal(firmware.state.boot.source, null);
  assert.deepEqual(firmware.state.boot.settings, {});
});

test("an entry of the BIOS is booted by its path; one that is not there is refused", async () => {
  const pair = aPair();
  const { device, firmware } = pair;
  await device.boot.allowRecovery({ recovery: true, erase: false });
  const entry = (await device.boot.recovery()).entries.find(({ path }) => path === "WinRe");
  assert.ok(entry);
  await device.boot.arrangeEntry(entry.id);
  assert.deepEqual(parametersIn(pair), [
    [httpsBootParameters.filePath, "WinRe"],
    [httpsBootParameters.devicePathLength, "\u0005\u0000"],
  ]);
  await started(pair);
  assert.equal(firmware.state.lastBoot.source, entry.id);
  await assert.rejects(device.boot.arrangeEntry("Intel(r) AMT: Force OCR UEFI Boot Option 9"), {
    code: "amt.platform.lacking",
  });
});

test("a platform erase leaves no system on the drives, and says how it went", async () => {
  const pair = aPair();
  const { device } = pair;
  assert.deepEqual(await device.boot.eraseResult(), { result: "none", reason: "" });
  await device.boot.allowRecovery({ recovery: false, erase: true });
  await assert.rejects(device.boot.arrangeErase({ what: [] }), { code: "amt.platform.lacking" });
  await assert.rejects(
    device.boot.arrangeErase({ what: ["drives", "oem"] }),
    errorWith("amt.platform.lacking", { wanted: "oem" }),
  );
  await device.boot.arrangeErase({ what: ["drives", "tpm"], psid: "A".repeat(32) });
  assert.deepEqual(parametersIn(pair), [
    [1, "\u0044\u0000\u0000\u0000"],
    [10, "A".repeat(32)],
  ]);
  await started(pair);
  assert.deepEqual(await device.boot.eraseResult(), { result: "done", reason: "" });
  assert.match(JSON.stringify(await device.eventLog.read(1)), /No medium to start from/);
  await assert.rejects(device.power.request("softOff"), { code: "amt.power.refused" }, "no agent runs");
  await device.boot.arrange("network");
  await started(pair);
  assert.match(JSON.stringify(await device.eventLog.read(1)), /Operating system is being started/);
});

test("a drive erases itself where the platform says so; another machine says that it cannot", async () => {
  const pair = aPair({ generation: "11.8" });
  await pair.device.boot.arrangeDriveErase("G00d!Night");
  await started(pair);
  assert.equal((await pair.device.boot.eraseResult()).result, "done");
  assert.equal(pair.firmware.state.hasSystem, false);
  await assert.rejects(aPair().device.boot.arrangeDriveErase(""), { code: "amt.platform.lacking" });
});

test("releases before recovery boots say so: 12 lacks the options, 15's platform the boots", async () => {
  const old = aPair({ index: 0 }).device;
  await assert.rejects(old.boot.arrangeHttps({ uri: "https://repair.example.test/x" }), {
    code: "amt.platform.lacking",
  });
  await assert.rejects(
    old.boot.allowRecovery({ recovery: true, erase: false }),
    errorWith("amt.platform.lacking", { wanted: "recovery boots" }),
  );
  const laptop = aPair({ index: 1 }).device;
  await assert.rejects(
    laptop.boot.allowRecovery({ recovery: false, erase: true }),
    errorWith("amt.platform.lacking", { wanted: "platform erase" }),
  );
});

test("in client control mode the user must consent before a boot is arranged, and before it comes", async () => {
  const pair = aPair();
  const { device, firmware, clock } = pair;
  inClientControl(firmware);
  await assert.rejects(
    device.boot.arrange("network"),
    errorWith("amt.consent.needed", { status: "user-consent-required" }),
  );
  await assert.rejects(device.boot.arrange("bios-setup"), errorWith("amt.consent.needed"));
  assert.deepEqual(firmware.state.boot.settings, {});
  await device.power.cycle();
  await clock.advance(10_000);
  await device.consent.start();
  await device.consent.send(firmware.state.consent.code ?? "");
  await device.boot.arrange("network");
  await clock.advance(300_000);
  await assert.rejects(device.power.cycle(), errorWith("amt.consent.needed", { action: "cycle" }));
  await device.consent.start();
  await device.consent.send(firmware.state.consent.code ?? "");
  await started(pair);
  assert.equal(firmware.state.lastBoot.source, "Intel(r) AMT: Force PXE Boot");
});
