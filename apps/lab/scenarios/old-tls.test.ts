import assert from "node:assert/strict";
import { defineScenario } from "../scenarios.ts";
import { allowTls, setStage, until, untilProvisioned, type Client } from "../stage.ts";

export default defineScenario({
  name: "old-tls",
  story:
    "devices that speak TLS 1.0 alone are refused with the setting that allows it, and provisioned once their profile names it",
  smallSize: 2,
  async play({ devices, say, signal }) {
    await using stage = await setStage({ devices, fleet: { generations: ["7"] } });
    const { client } = stage;
    await until("every device is refused", async () => (await client.devices.summary()).failed === devices, { signal });
    const { items } = await client.provisioning.list({ query: { state: "failed" } });
    for (const { uuid, error } of items) {
      assert.equal(error?.code, "amt.tls.incompatible", uuid);
      assert.match(error.next, /tls\.oldestTls/);
      assert.equal(error.details["oldestTls"], "TLSv1.2");
    }
    say("refused; the profile now allows TLS 1.0");
    await allowTls(client, "TLSv1");
    for (const { uuid } of items) await client.devices.provision({ params: { id: uuid } });
    await untilProvisioned(stage, devices, signal);
    assert.equal(await powerStates(client, signal), devices, "all later work is let in, too");
    say("provisioned; the profile forbids it again");
    await allowTls(client, "TLSv1.2");
    assert.equal(await powerStates(client, signal), 0, "and is refused as soon as the profile says so");
    return { devices, refused: items.length };
  },
});

/** @returns how many devices told theirs */
async function powerStates(client: Client, signal: AbortSignal): Promise<number> {
  const { id } = await client.runs.start({
    body: { operation: "power.state", target: { collection: "Provisioned" } },
  });
  const run = () => client.runs.show({ params: { id } });
  await until("every device was asked", async () => (await run()).state === "finished", { signal });
  return (await run()).counts.succeeded;
}
