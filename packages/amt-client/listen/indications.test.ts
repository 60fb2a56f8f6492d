import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { classByUri } from "@vigil/model/classes.ts";
import { CIM_AlertIndication } from "@vigil/model/cim/CIM_AlertIndication.ts";
import { CIM_Indication } from "@vigil/model/cim/CIM_Indication.ts";
import { CIM_ProcessIndication } from "@vigil/model/cim/CIM_ProcessIndication.ts";
import { decodeInstance } from "@vigil/model/instances.ts";
import { EventSender, indicationOf } from "@vigil/virtual-device/endpoints/events.ts";
import { generationNames } from "@vigil/virtual-device/identity.ts";
import { decodeEvent } from "@vigil/wire/wsman/eventing.ts";
import { heldValue } from "../testing/held-value.ts";
import { aPair } from "../testing/paired-device.ts";

// The classes that no device lists: they come unasked.

for (const generation of generationNames) {
  test(`a device of generation ${generation} delivers an indication that reads as what it had to say`, async () => {
    await using listener = await listen();
    const { device, firmware } = aPair({ generation });
    const sender = new EventSender(firmware);
    await device.events.subscribe("Intel(r) AMT:AllEvents", { notifyTo: listener.address, mode: "push" });
    const alert = { messageId: "iAMT0057", argument: `<&>"'é日` };
    firmware.alert(alert.messageId, alert.argument);
    const { body } = decodeEvent(await listener.next);
    sender.stop();
    const expected = heldValue(CIM_AlertIndication, indicationOf(firmware, alert), firmware.release);
    assert.equal(classByUri(body.ns), CIM_AlertIndication);
    assert.deepEqual(decodeInstance(CIM_AlertIndication, body), { value: expected, unknown: [] });
    for (const parent of [CIM_ProcessIndication, CIM_Indication]) {
      const known = Object.entries(expected).filter(([name]) => Object.hasOwn(parent.properties, name));
      assert.deepEqual(decodeInstance(parent, body).value, Object.fromEntries(known), parent.name);
    }
  });
}

interface Listener extends AsyncDisposable {
  readonly address: string;
  /** The body of the first message. */
  readonly next: Promise<Buffer>;
}

async function listen(): Promise<Listener> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.once("end", () => {
      response.end();
      resolve(Buffer.concat(parts));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const at = server.address();
  const port = typeof at === "object" ? at?.port : undefined;
  return {
    address: `http://127.0.0.1:${port}/?a=1&b=2`,
    next: promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
