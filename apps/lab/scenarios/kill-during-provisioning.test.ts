import assert from "node:assert/strict";
import { systemClock } from "@vigil/base/clock.ts";
import { defineScenario } from "../scenarios.ts";
import { everySecretOpens, factoryPasswordFails } from "../proofs.ts";
import { setStage, untilProvisioned } from "../stage.ts";

const kills = 10;
/** The longest a server lives before it is killed, in milliseconds. Chosen: ten lives are about as long as the work takes. */
const longestLifeMs = 2_200;
const lookMs = 50;

export default defineScenario({
  name: "kill-during-provisioning",
  story: "a server killed ten times at random moments ends with every device provisioned and every secret good",
  smallSize: 25,
  async play({ devices, say, signal }) {
    await using stage = await setStage({ devices });
    const clock = systemClock();
    const provisionedAtKill: number[] = [];
    for (let kill = 1; kill <= kills; kill += 1) {
      const deadline = clock.monotonic() + Math.random() * longestLifeMs;
      // A fast machine must not be done before the last kill.
      const most = Math.floor((devices * kill) / (kills + 1));
      let { provisioned } = await stage.client.devices.summary();
      while (clock.monotonic() < deadline && provisioned < most) {
        await clock.sleep(lookMs, signal);
        ({ provisioned } = await stage.client.devices.summary());
      }
      provisionedAtKill.push(provisioned);
      say(`kill ${kill}: ${provisioned} of ${devices} were provisioned`);
      await stage.crash();
    }
    assert.ok(
      provisionedAtKill.every((count) => count < devices),
      "a kill came after the provisioning",
    );
    await untilProvisioned(stage, devices, signal);
    say("all provisioned; trying every stored secret");
    await everySecretOpens(stage, devices, signal);
    await factoryPasswordFails(stage);
    return { devices, kills, provisioned: devices, opened: devices, provisionedAtKill: provisionedAtKill.join(" ") };
  },
});
