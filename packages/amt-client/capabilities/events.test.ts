import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";

test("a subscription is made, listed and ended", async () => {
  const { device } = aPair();
  const events = "Intel(r) AMT:AllEvents";
  // The three that have been observed. @source protocols B.17
  const observed = [events, "Intel(r) AMT:Features", "Intel(r) AMT:User Notification"];
  assert.deepEqual((await device.events.collections()).slice(0, 3), observed);
  await device.events.subscribe(events, { notifyTo: "http://127.0.0.1:9/e", mode: "push" });
  const [subscription] = await device.events.list();
  assert.ok(subscription !== undefined);
  assert.deepEqual([subscription.events, subscription.notifyTo], [events, "http://127.0.0.1:9/e"]);
  await device.events.unsubscribe(subscription);
  assert.deepEqual(await device.events.list(), []);
});

test("an address that is none, and a set of events that there is not, are refused", async () => {
  const { device } = aPair();
  const to = { notifyTo: "ftp://127.0.0.1/", mode: "push" } as const;
  await assert.rejects(device.events.subscribe("Intel(r) AMT:AllEvents", to), { code: "wsman.fault.invalidParameter" });
  await assert.rejects(device.events.subscribe("Intel(r) AMT:Nothing", { ...to, notifyTo: "http://127.0.0.1/" }), {
    code: "wsman.fault.destinationUnreachable",
  });
});

test("fourteen subscriptions are the most", async () => {
  const { device } = aPair();
  const subscribe = (count: number) =>
    device.events.subscribe("Intel(r) AMT:Features", { notifyTo: `http://192.0.2.9/${count}`, mode: "pushWithAck" });
  for (let count = 0; count < 14; count += 1) await subscribe(count);
  await assert.rejects(subscribe(14), errorWith("amt.events.refused", { status: "limit-reached" }));
  const [first] = await device.events.list();
  assert.ok(first);
  await device.events.unsubscribe(first);
  await subscribe(14);
});

test("traps go to receivers that are added and removed, on firmware before 18", async () => {
  const { device } = aPair();
  await device.events.addTrapReceiver({ address: "192.0.2.9", community: "public" });
  const [receiver] = await device.events.trapReceivers();
  assert.equal(receiver?.address, "192.0.2.9");
  await device.events.removeTrapReceiver(receiver.name);
  assert.deepEqual(await device.events.trapReceivers(), []);
  const wrong = { address: "nowhere.example.test", community: "public" };
  await assert.rejects(
    device.events.addTrapReceiver(wrong),
    errorWith("amt.events.refused", { status: "invalid-parameter" }),
  );
  const newest = aPair({ generation: "19" }).device;
  await assert.rejects(newest.events.trapReceivers(), errorWith("amt.release.lacking", { until: "17.0" }));
});
