import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ha1 } from "@vigil/wire/digest.ts";
import { decodeSetupFile } from "@vigil/wire/setup-bin.ts";
import { aFirmware } from "../testing/firmware-under-test.ts";
import { UsbStick } from "./usb-stick.ts";

const folder = join(import.meta.dirname, "../../wire/goldens/setup-bin");
const golden = (name: string): Uint8Array =>
  Buffer.from(readFileSync(join(folder, name), "latin1").replaceAll(/\s/g, ""), "hex");

test("a factory machine takes its record: password, key; the stick has one less", () => {
  const { firmware } = aFirmware();
  const stick = new UsbStick(golden("version-1.hex"));
  assert.equal(stick.boot(firmware), true);
  assert.deepEqual(firmware.state.psk, { pid: "0000037M", pps: "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ" });
  assert.equal(firmware.state.adminHa1, ha1("admin", firmware.digestRealm, "P@ssw0rd!"));
  assert.equal(decodeSetupFile(stick.bytes).consumed, 1);
  assert.equal(stick.boot(aFirmware().firmware), false, "nothing is left for another");
});

test("a stick that is kept serves the next machine too; one with another password serves none", () => {
  const kept = new UsbStick(golden("version-2-kept.hex"));
  const { firmware } = aFirmware();
  for (const one of [firmware, aFirmware().firmware]) assert.equal(kept.boot(one), true);
  assert.equal(firmware.state.hostName, "pc-1");
  assert.equal(kept.boot(firmware), false, "its menu has another password by now");
});

test("what is set up already does not look at sticks", () => {
  const { firmware } = aFirmware();
  firmware.change((state) => {
    state.mode = "post";
  });
  assert.equal(new UsbStick(golden("version-1.hex")).boot(firmware), false);
});
