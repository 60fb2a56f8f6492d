import assert from "node:assert/strict";
import { test } from "node:test";
import { AMT_PublicPrivateKeyPair } from "@vigil/model/amt/AMT_PublicPrivateKeyPair.ts";
import { Asker } from "@vigil/virtual-device/testing/firmware-under-test.ts";
import { AMT_AgentPresenceWatchdog } from "@vigil/model/amt/AMT_AgentPresenceWatchdog.ts";
import { aPair, type Pair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";
import { realmPresets } from "./accounts.ts";

const guid = "8b2f0a51-6a0c-4b1e-9d53-52c1c7a1d0aa";
const watchdog = { guid, description: "vigil agent", startupSeconds: 60, timeoutSeconds: 30 };
const refused = (status: string) => errorWith("amt.agent-presence.refused", { status });

async function stateIn({ device }: Pair) {
  return (await device.agentPresence.list())[0]?.state;
}

test("an agent that stops saying that it lives is missed, logged, and can come back", async () => {
  const pair = aPair();
  const { device, clock } = pair;
  const { agentPresence } = device;
  await agentPresence.add(watchdog);
  const action = { from: ["running"], to: ["expired"], isLogged: true } as const;
  await agentPresence.addAction(guid, action);
  assert.deepEqual(await agentPresence.actions(guid), [action]);
  assert.deepEqual(await agentPresence.list(), [{ ...watchdog, state: "notStarted" }]);
  const session = await agentPresence.register(guid);
  assert.equal(session.timeoutSeconds, 30);
  await clock.advance(29_000);
  const next = await agentPresence.assertPresence(session);
  await assert.rejects(agentPresence.assertPresence(session), refused("not-registered"), "a number counts once");
  await clock.advance(29_000);
  assert.equal(await stateIn(pair), "running");
  await clock.advance(1_000);
  assert.equal(await stateIn(pair), "expired");
  await assert.rejects(agentPresence.assertPresence(next), refused("not-registered"));
  assert.equal((await device.eventLog.read())[0]?.sensorType, 18);
  await agentPresence.assertShutdown(await agentPresence.register(guid));
  assert.equal(await stateIn(pair), "stopped");
  await agentPresence.removeActions(guid);
  assert.deepEqual(await agentPresence.actions(guid), []);
  await agentPresence.remove(guid);
  assert.deepEqual(await agentPresence.list(), []);
});

test("a missing agent cuts the machine off by the policy that was chosen, and its return frees it", async () => {
  const { device, clock, firmware } = aPair();
  const { agentPresence, systemDefense } = device;
  const packet = { direction: "receive", etherType: 0x0800 } as const;
  const policy = await systemDefense.addPolicy({
    name: "isolated",
    precedence: 10,
    filterHandles: [],
    dropsOtherTransmit: true,
    dropsOtherReceive: true,
  });
  await agentPresence.setPolicy(policy);
  await agentPresence.add(watchdog);
  await agentPresence.addAction(guid, {
    from: ["running"],
    to: ["expired"],
    isLogged: false,
    systemDefense: "activatePolicy",
  });
  await agentPresence.addAction(guid, {
    from: ["expired"],
    to: ["running"],
    isLogged: false,
    systemDefense: "deactivatePolicy",
  });
  await agentPresence.register(guid);
  assert.equal(firmware.defense.passes(packet), true);
  await clock.advance(30_000);
  assert.equal(firmware.defense.passes(packet), false);
  await agentPresence.register(guid);
  assert.equal(firmware.defense.passes(packet), true);
  await agentPresence.setPolicy(undefined);
});

test("after a boot an agent must come up within its startup interval", async () => {
  const pair = aPair();
  const { device, clock } = pair;
  await device.agentPresence.add(watchdog);
  await device.agentPresence.register(guid);
  await device.power.off();
  await clock.advance(1_000);
  assert.equal(await stateIn(pair), "suspended");
  await device.power.on();
  await clock.advance(4_000);
  assert.equal(await stateIn(pair), "notStarted");
  await clock.advance(60_000);
  assert.equal(await stateIn(pair), "expired");
});

test("16 agents are the most; a time limit below ten seconds is refused", async () => {
  const { device } = aPair();
  const { agentPresence } = device;
  await assert.rejects(agentPresence.add({ ...watchdog, timeoutSeconds: 9 }), refused("invalid-parameter"));
  assert.deepEqual(await agentPresence.limits(), { agents: 16, actions: 64 });
  for (let count = 0; count < 16; count += 1) {
    await agentPresence.add({ ...watchdog, guid: `8b2f0a51-6a0c-4b1e-9d53-52c1c7a1d0${(16 + count).toString(16)}` });
  }
  await assert.rejects(agentPresence.add(watchdog), refused("limit-reached"));
});

test("an agent's account registers and can do nothing else", async () => {
  const { device, firmware } = aPair();
  await device.agentPresence.add(watchdog);
  await device.accounts.addDigest({ name: "agent", password: "G00d!Night", realms: realmPresets.agent, from: "any" });
  const agent = new Asker(firmware, { username: "agent", channel: "tls", hasSetupCertificate: true });
  assert.equal((await agent.call(AMT_AgentPresenceWatchdog, "RegisterAgent", {})).ReturnValue, 0);
  const denied = { code: "wsman.fault.accessDenied" };
  const action = { OldState: 4, NewState: 8, EventOnTransition: true };
  await assert.rejects(agent.call(AMT_AgentPresenceWatchdog, "AddAction", action), denied);
  await assert.rejects(agent.list(AMT_PublicPrivateKeyPair), denied);
});
