import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";
import type { Write } from "./writes.ts";

test("a Put tells what differs, with what was there before; reading tells nothing", async () => {
  const writes: Write[] = [];
  const { device } = aPair({ onWrite: (write) => writes.push(write) });
  await using _ = device;
  const { hostName } = await device.general.read();
  await device.general.change({ hostName: "pc-7" });
  assert.deepEqual(writes, [
    {
      className: "AMT_GeneralSettings",
      method: "Put",
      fields: [{ name: "HostName", before: hostName, after: "pc-7" }],
    },
  ]);
});

test("a method tells its arguments, and a secret only that there was one", async () => {
  const writes: Write[] = [];
  const { device } = aPair({ onWrite: (write) => writes.push(write) });
  await using _ = device;
  await device.accounts.setAdminPassword("Sup3r-Secret!");
  const [write] = writes;
  assert.equal(write?.method, "SetAdminAclEntryEx");
  assert.deepEqual(
    write.fields.map(({ name, after }) => [name, after]),
    [
      ["Username", "admin"],
      ["DigestPassword", "[sealed]"],
    ],
  );
});

test("what the device refused with a fault is not told as written", async () => {
  const writes: Write[] = [];
  const { device } = aPair({ password: "wrong", onWrite: (write) => writes.push(write) });
  await using _ = device;
  await assert.rejects(device.general.change({ hostName: "pc-7" }));
  assert.deepEqual(writes, []);
});
