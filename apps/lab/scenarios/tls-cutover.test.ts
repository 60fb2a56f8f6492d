import assert from "node:assert/strict";
import { everySecretOpens, plainPortRefuses, runtimeCertificates } from "../proofs.ts";
import { Prober } from "../prober.ts";
import { defineScenario } from "../scenarios.ts";
import { changeProfile, setStage, until, untilProvisioned } from "../stage.ts";

export default defineScenario({
  name: "tls-cutover",
  story: "a fleet without TLS gets it while every device is asked twice a second whether it is there: it always is",
  smallSize: 20,
  async play({ devices, say, signal }) {
    await using stage = await setStage({
      devices,
      profile: (all) => ({ ...all, tls: { ...all.tls, mode: "off", isPlainPortOpen: true } }),
    });
    await untilProvisioned(stage, devices, signal);
    const inTheClear = await stage.client.devices.list({ query: { limit: 20_000 } });
    for (const { uuid } of inTheClear.items.slice(0, 20)) {
      const { channel } = await stage.client.devices.show({ params: { id: uuid } });
      assert.equal(channel, "plain");
    }
    await everySecretOpens(stage, devices, signal);
    say(`${devices} devices are managed in the clear; now they are cut over`);
    const prober = new Prober(stage.fleet.devices.map(({ address }) => address));
    await changeProfile(stage.client, (all) => ({
      ...all,
      tls: { ...all.tls, mode: "server", isPlainPortOpen: false },
    }));
    const started = performance.now();
    const body = { operation: "profile.apply", target: { collection: "Provisioned" } } as const;
    const { id } = await stage.client.runs.start({ body });
    const isOver = async (): Promise<boolean> =>
      (await stage.client.runs.show({ params: { id } })).state === "finished";
    await until("the cut-over ends", isOver, { limitMs: 120_000 + devices * 1_000, signal });
    const cutOverMs = performance.now() - started;
    const { samples, unreachable } = await prober.stop();
    const { counts } = await stage.client.runs.show({ params: { id } });
    const failed = await stage.client.runs.results({ params: { id }, query: { outcome: "failed", limit: 3 } });
    assert.equal(counts.succeeded, devices, JSON.stringify(failed.items));
    assert.ok(samples >= devices, "every device was sampled");
    assert.deepEqual(unreachable, [], "a device was not there");
    await plainPortRefuses(stage);
    assert.equal((await runtimeCertificates(stage)).size, devices, "every device shows a certificate of its own");
    await everySecretOpens(stage, devices, signal);
    say(`${samples} samples, none without an answer`);
    return { devices, samples, unreachable: 0, cutOverSeconds: Math.round(cutOverMs / 100) / 10 };
  },
});
