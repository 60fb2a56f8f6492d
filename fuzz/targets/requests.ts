import { testClock, type TestClock } from "@vigil/base/clock.ts";
import { behaviors } from "@vigil/virtual-device/behaviors.ts";
import { Firmware } from "@vigil/virtual-device/firmware.ts";
import { provision } from "@vigil/virtual-device/firmware/provision.ts";
import { identityOf } from "@vigil/virtual-device/identity.ts";
import { actions } from "@vigil/wire/wsman/actions.ts";
import { encodeEnumerate, encodeIdentify, encodePull, encodeRelease } from "@vigil/wire/wsman/bodies.ts";
import { encodeRequest, type RequestMessage } from "@vigil/wire/wsman/envelope.ts";
import { encodeSubscribe, encodeUnsubscribe, eventingActions } from "@vigil/wire/wsman/eventing.ts";
import type { Selectors } from "@vigil/wire/wsman/reference.ts";
import type { XmlElement } from "@vigil/wire/xml.ts";
import { deviceKey } from "./certificates.ts";
import { samplesOf } from "./model.ts";

/** The password of every device under fire. */
export const password = "P@ssw0rd";

/** A firmware without a network. The same one each time, but for what `random` gives. */
export function aFirmware(random = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(0xa4)): {
  readonly firmware: Firmware;
  readonly clock: TestClock;
} {
  const clock = testClock();
  const firmware = new Firmware({
    identity: identityOf("under fire", 2),
    clock,
    keys: { next: () => deviceKey },
    random,
    trustedRootHashes: ["c3846bf24b9e93ca64274c0ec67c1ecc5e024ffcacd2d74019350e81fe546ae4"],
    domainSuffix: "site.example",
    powerDelayMs: 4_000,
  });
  return { firmware, clock };
}

/** As a device that is ours leaves setup: what its flash then holds. */
export async function provisionedState(): Promise<Firmware["state"]> {
  const { firmware } = aFirmware();
  await provision(firmware, { password, hostName: "machine", acceptsPlain: true });
  firmware.stop();
  return firmware.state;
}

/** Everything that a device can be asked: each operation and each method of each class, once. */
export function everyRequest(firmware: Firmware): readonly string[] {
  return [
    ...general(),
    ...behaviors.all(firmware.release).flatMap((behavior) => {
      const { definition } = behavior;
      const { uri } = definition;
      const listed = behavior.list(firmware)[0];
      const selectors = listed?.selectors ?? {};
      const [instance, ...rest] = samplesOf(definition);
      const inputs = rest.filter((one) => one.name.endsWith("_INPUT"));
      return [
        written(actions.get, uri, selectors),
        written(actions.enumerate, uri, {}, encodeEnumerate()),
        written(actions.put, uri, selectors, listed?.write() ?? instance),
        ...(listed === undefined ? [] : [written(actions.put, uri, selectors, instance)]),
        written(actions.create, uri, {}, instance),
        written(actions.delete, uri, selectors),
        ...inputs.map((one) => written(`${uri}/${one.name.slice(0, -"_INPUT".length)}`, uri, selectors, one)),
      ];
    }),
  ];
}

function general(): readonly string[] {
  const collection = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_FilterCollection";
  const subscription = `${collection}Subscription`;
  const computer = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ComputerSystem";
  const any = "http://schemas.dmtf.org/wbem/wscim/1/*";
  const system = { address: "", resourceUri: computer, selectors: { Name: "ManagedSystem" } };
  const events = encodeSubscribe({ notifyTo: "http://127.0.0.1:9/e", mode: "pushWithAck", expires: "PT1H" });
  return [
    encodeRequest({ ...common, action: "", body: encodeIdentify() }),
    written(eventingActions.subscribe, collection, { InstanceID: "Intel(r) AMT:All" }, events),
    written(eventingActions.unsubscribe, subscription, {}, encodeUnsubscribe()),
    written(actions.enumerate, any, {}, encodeEnumerate({ filter: { kind: "associated", object: system } })),
    written(
      actions.enumerate,
      any,
      {},
      encodeEnumerate({ mode: "both", filter: { kind: "associations", object: system } }),
    ),
    written(
      actions.enumerate,
      computer,
      {},
      encodeEnumerate({ filter: { kind: "selectors", selectors: { Name: "x" } } }),
    ),
    written(actions.pull, computer, {}, encodePull({ context: firstContext, maxElements: 2 })),
    written(actions.release, computer, {}, encodeRelease(firstContext)),
  ];
}

/** The first one that a device gives. */
const firstContext = "01000000-0000-0000-0000-000000000000";
const common = {
  hasOptions: false,
  mustUnderstand: [],
  selectors: {},
  messageId: "1",
} satisfies Partial<RequestMessage>;

function written(action: string, resourceUri: string, selectors: Selectors, body?: XmlElement): string {
  return encodeRequest({ ...common, action, resourceUri, selectors, ...(body === undefined ? {} : { body }) });
}
