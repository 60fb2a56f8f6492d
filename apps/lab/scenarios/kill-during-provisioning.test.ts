import assert from "node:assert/strict";
import { systemClock } from "@vigil/base/clock.ts";
import { defineScenario } from "../scenarios.ts";
import { everySecretOpens, factoryPasswordFails } from "../proofs.ts";
import { setStage, untilProvisioned } from "../stage.ts";

const kills = 10;
/** The longest a server lives before it is killed, in milliseconds. Chosen: start-up, hellos and a part of the fleet fit in. */
const longestLifeMs = 4_000;

export default defineScenario({
  name: "kill-during-provisioning",
  story: "a server killed ten times at random moments ends with every device provisioned and every secret good",
  smallSize: 25,
  async play({ devices, say, signal }) {
    await using stage = await setStage({ devices });
    const clock = systemClock();
    const provisionedAtKill: number[] = [];
    for (let kill = 1; kill <= kills; kill += 1) {
      await clock.sleep(Math.random() * longestLifeMs, signal);
      const { provisioned } = await stage.client.devices.summary();
      provisionedAtKill.push(provisioned);
      say(`kill ${kill}: ${provisioned} of ${devices} were provisioned`);
      await stage.crash();
    }
    assert.ok(
      provisionedAtKill.some((count) => count < devices),
      "no kill fell into the provisioning",
    );
    await untilProvisioned(stage, devices, signal);
    say("all provisioned; trying every stored secret");
    await everySecretOpens(stage, devices, signal);
    await factoryPasswordFails(stage);
    return { devices, kills, provisioned: devices, opened: devices, provisionedAtKill: provisionedAtKill.join(" ") };
  },
});
