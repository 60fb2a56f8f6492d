import assert from "node:assert/strict";
import { systemClock } from "@vigil/base/clock.ts";
import { defineScenario } from "../scenarios.ts";
import { everySecretOpens, factoryPasswordFails, plainPortRefuses, runtimeCertificates } from "../proofs.ts";
import { setStage, untilProvisioned } from "../stage.ts";

export default defineScenario({
  name: "hello-to-provisioned",
  story:
    "factory devices send hellos and end provisioned, each with a secret, a certificate, a name and a clock of its own",
  smallSize: 12,
  async play({ devices, say, signal }) {
    const clock = systemClock();
    await using stage = await setStage({ devices });
    const started = clock.monotonic();
    await untilProvisioned(stage, devices, signal);
    const secondsToProvision = (clock.monotonic() - started) / 1000;
    say(`${devices} provisioned in ${secondsToProvision.toFixed(1)} s`);
    const list = await stage.client.devices.list({ query: { limit: 20_000 } });
    assert.equal(list.total, devices);
    const names = new Set(list.items.map((one) => one.hostName));
    assert.equal(names.size, devices, "each device has a host name of its own");
    assert.ok(list.items.every((one) => one.release !== null && one.collections.includes("Provisioned")));
    await everySecretOpens(stage, devices, signal);
    await factoryPasswordFails(stage);
    await plainPortRefuses(stage);
    const fingerprints = await runtimeCertificates(stage);
    assert.equal(fingerprints.size, devices, "each device has a certificate of its own");
    return {
      devices,
      secondsToProvision: Number(secondsToProvision.toFixed(2)),
      devicesPerSecond: Number((devices / secondsToProvision).toFixed(2)),
    };
  },
});
