import assert from "node:assert/strict";
import { UsbStick } from "@vigil/virtual-device/firmware/usb-stick.ts";
import { parsePps } from "@vigil/amt-client/pre-shared-key.ts";
import { everySecretOpens } from "../proofs.ts";
import { defineScenario } from "../scenarios.ts";
import { allowTls, setStage, until, untilProvisioned } from "../stage.ts";

export default defineScenario({
  name: "setup-by-key",
  story: "devices of generation 7 are set up by pre-shared key: half typed in from a list, half from one USB stick",
  smallSize: 6,
  async play({ devices, say, signal }) {
    // Nobody says hello before it has its key.
    await using stage = await setStage({ devices, fleet: { generations: ["7"], isQuiet: true } });
    const { client, fleet } = stage;
    await allowTls(client, "TLSv1");
    const typed = Math.floor(devices / 2);
    const { items } = await client.setupKeys.make({ body: { batch: "list", count: typed } });
    const bySticks = devices - typed;
    const made = await client.setupKeys.file({ body: { batch: "stick", count: bySticks, isScrambled: true } });
    const stick = new UsbStick(Buffer.from(made.file, "base64"));
    for (const [index, device] of fleet.devices.entries()) {
      const pair = items[index];
      if (pair === undefined) {
        assert.equal(device.bootFrom(stick), true, "there is a record for each");
        continue;
      }
      device.firmware.change((state) => {
        state.psk = { pid: pair.pid.replaceAll("-", ""), pps: parsePps(pair.pps) };
      });
      device.replug();
    }
    await untilProvisioned(stage, devices, signal);
    say(`${devices} provisioned`);
    const methods = await Promise.all(
      fleet.devices.map(async ({ firmware }) => {
        const { setupMethod, controlMode } = await client.devices.show({ params: { id: firmware.uuid } });
        assert.equal(controlMode, "admin");
        return setupMethod;
      }),
    );
    assert.deepEqual(methods, [
      ...Array.from({ length: typed }, () => "pre-shared-key"),
      ...Array.from({ length: bySticks }, () => "usb"),
    ]);
    assert.equal(fleet.devices[typed]?.bootFrom(stick), false, "the stick is used up");
    const keys = await client.setupKeys.list({ query: {} });
    assert.ok(keys.items.every((one) => one.device !== null && one.usedAt !== null));
    await everySecretOpens(stage, devices, signal);
    await wrongKeys(stage, signal);
    return { devices, typed, bySticks };
  },
});

/** A PID that nobody made, and a PPS that somebody mistyped, each end with a code of its own. */
async function wrongKeys({ client, fleet }: Awaited<ReturnType<typeof setStage>>, signal: AbortSignal): Promise<void> {
  const [first, second] = fleet.devices;
  assert.ok(first !== undefined && second !== undefined);
  const { items } = await client.setupKeys.make({ body: { batch: "wrong", count: 1 } });
  const wrong = { pid: (items[0]?.pid ?? "").replaceAll("-", ""), pps: "0".repeat(32) };
  for (const [device, psk, code] of [
    [first, { pid: "0000037M", pps: "0".repeat(32) }, "provisioning.psk.unknown"],
    [second, wrong, "provisioning.psk.wrong"],
  ] as const) {
    const { firmware } = device;
    firmware.unprovision();
    firmware.change((state) => {
      state.psk = psk;
    });
    device.replug();
    const params = { id: firmware.uuid };
    await until(`${firmware.uuid} failed`, async () => (await client.devices.show({ params })).state === "failed", {
      signal,
    });
    assert.equal((await client.devices.show({ params })).error?.code, code);
  }
}
