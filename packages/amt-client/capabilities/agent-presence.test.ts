import assert from "node:assert/strict";
import { test } from "node:test";
import { AMT_AgentPresenceWatchdog } from "@vigil/model/amt/AMT_AgentPresenceWatchdog.ts";
import { aPair } from "../testing/paired-device.ts";

const guid = "8b2f0a51-6a0c-4b1e-9d53-52c1c7a1d0aa";
const watchdog = { guid, description: "vigil agent", startupSeconds: 60, timeoutSeconds: 30 };

test("an agent that stops saying that it lives is missed, logged, and can come back", async () => {
  const { device, clock } = aPair();
  await device.agentPresence.add(watchdog);
  await device.agentPresence.addAction(guid, { from: ["running"], to: ["expired"], isLogged: true });
  const state = async () => (await device.agentPresence.list())[0]?.state;
  assert.deepEqual(await device.agentPresence.list(), [{ ...watchdog, state: "notStarted" }]);
  const registered = await device.wsman.invoke(AMT_AgentPresenceWatchdog, "RegisterAgent", {});
  const first = registered.SessionSequenceNumber ?? 0;
  const assertion = (SequenceNumber: number) =>
    device.wsman.invoke(AMT_AgentPresenceWatchdog, "AssertPresence", { SequenceNumber });
  await clock.advance(29_000);
  assert.equal((await assertion(first + 1)).ReturnValue, 0);
  assert.equal((await assertion(first + 1)).ReturnValue, 8);
  await clock.advance(29_000);
  assert.equal(await state(), "running");
  await clock.advance(1_000);
  assert.equal(await state(), "expired");
  const events = await device.eventLog.read();
  assert.equal(events[0]?.sensorType, 18);
  await device.wsman.invoke(AMT_AgentPresenceWatchdog, "RegisterAgent", {});
  assert.equal(await state(), "running");
  await device.agentPresence.remove(guid);
  assert.deepEqual(await device.agentPresence.list(), []);
});

test("a time limit below ten seconds is refused", async () => {
  const { device } = aPair();
  await assert.rejects(device.agentPresence.add({ ...watchdog, timeoutSeconds: 9 }), {
    code: "wsman.fault.internalError",
  });
});
