import assert from "node:assert/strict";
import { generationNames } from "@vigil/virtual-device/identity.ts";
import { UsbStick } from "@vigil/virtual-device/firmware/usb-stick.ts";
import { everySecretOpens } from "../proofs.ts";
import { defineScenario } from "../scenarios.ts";
import { allowTls, setStage, untilProvisioned } from "../stage.ts";

export default defineScenario({
  name: "right-method",
  story: "every generation reaches admin control mode, each by the way that its hello says, and the way is shown",
  smallSize: 7,
  async play({ say, signal }) {
    // One more of generation 7: the first is given a key, the last is set up by certificate like the others.
    const generations = [...generationNames, "7"] as const;
    await using stage = await setStage({ devices: generations.length, fleet: { generations, isQuiet: true } });
    const { client, fleet } = stage;
    await allowTls(client, "TLSv1");
    const { file } = await client.setupKeys.file({ body: { batch: "stick", count: 1 } });
    const stick = new UsbStick(Buffer.from(file, "base64"));
    for (const [index, device] of fleet.devices.entries()) {
      if (index === 0) assert.equal(device.bootFrom(stick), true);
      else device.replug();
    }
    await untilProvisioned(stage, generations.length, signal);
    for (const [index, { firmware }] of fleet.devices.entries()) {
      const { setupMethod, controlMode, release } = await client.devices.show({ params: { id: firmware.uuid } });
      assert.equal(controlMode, "admin", firmware.release);
      assert.equal(setupMethod, index === 0 ? "usb" : "certificate", firmware.release);
      say(`AMT ${release}: ${setupMethod}`);
    }
    const { items } = await client.provisioning.list({ query: { state: "done" } });
    assert.equal(items.filter(({ method }) => method === "usb").length, 1);
    await everySecretOpens(stage, generations.length, signal);
    return { devices: generations.length };
  },
});
