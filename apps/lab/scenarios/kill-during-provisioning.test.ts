import assert from "node:assert/strict";
import { defineScenario } from "../scenarios.ts";
import { everySecretOpens, factoryPasswordFails } from "../proofs.ts";
import { setStage, until, untilProvisioned } from "../stage.ts";

const kills = 10;
/** Requests of the server that a device sees from one kill to the next, at most. Chosen: it takes some forty to be provisioned. */
const mostRequests = 6;
const lookMs = 5;
/** Some devices are slow until the last kill: a small fleet would else be done before it, while a server starts. */
const slowDevices = 5;
const slowAnswerMs = 4_000;

export default defineScenario({
  name: "kill-during-provisioning",
  story: "a server killed ten times at random moments ends with every device provisioned and every secret good",
  smallSize: 25,
  async play({ devices, say, signal }) {
    await using stage = await setStage({ devices });
    const slow = stage.fleet.devices.slice(-slowDevices);
    for (const one of slow) one.faults.set({ misbehavior: { kind: "delay", ms: slowAnswerMs } });
    const provisionedAtKill: number[] = [];
    for (let kill = 1; kill <= kills; kill += 1) {
      // Counted in requests and not in seconds, a moment is as random on a slow machine as on a fast one.
      const moment = stage.fleet.stats().requests + Math.random() * mostRequests * devices;
      const most = Math.floor((devices * kill) / (kills + 1));
      await until(
        `moment ${kill}`,
        () => stage.fleet.stats().requests >= moment || stage.fleet.stats().provisioned >= most,
        { signal, lookMs },
      );
      await stage.server.kill();
      const { provisioned } = stage.fleet.stats();
      provisionedAtKill.push(provisioned);
      say(`kill ${kill}: ${provisioned} of ${devices} were provisioned`);
      await stage.restart();
    }
    assert.ok(
      provisionedAtKill.every((count) => count < devices),
      "a kill came after the provisioning",
    );
    for (const one of slow) one.faults.clear();
    await untilProvisioned(stage, devices, signal);
    say("all provisioned; trying every stored secret");
    await everySecretOpens(stage, devices, signal);
    await factoryPasswordFails(stage);
    return { devices, kills, provisioned: devices, opened: devices, provisionedAtKill: provisionedAtKill.join(" ") };
  },
});
