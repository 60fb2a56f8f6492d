import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";

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
