import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { AMT_AgentPresenceInterfacePolicy } from "@vigil/model/amt/AMT_AgentPresenceInterfacePolicy.ts";
import { AMT_AgentPresenceWatchdog } from "@vigil/model/amt/AMT_AgentPresenceWatchdog.ts";
import { AMT_Hdr8021Filter } from "@vigil/model/amt/AMT_Hdr8021Filter.ts";
import { AMT_IPHeadersFilter } from "@vigil/model/amt/AMT_IPHeadersFilter.ts";
import { AMT_NetworkPortDefaultSystemDefensePolicy } from "@vigil/model/amt/AMT_NetworkPortDefaultSystemDefensePolicy.ts";
import { AMT_NetworkPortSystemDefensePolicy } from "@vigil/model/amt/AMT_NetworkPortSystemDefensePolicy.ts";
import { AMT_PETFilterSetting } from "@vigil/model/amt/AMT_PETFilterSetting.ts";
import { AMT_RemoteAccessPolicyRule } from "@vigil/model/amt/AMT_RemoteAccessPolicyRule.ts";
import { AMT_SNMPEventSubscriber } from "@vigil/model/amt/AMT_SNMPEventSubscriber.ts";
import { AMT_SystemDefensePolicy } from "@vigil/model/amt/AMT_SystemDefensePolicy.ts";
import { AMT_TLSCredentialContext } from "@vigil/model/amt/AMT_TLSCredentialContext.ts";
import { AMT_TLSProtocolEndpointCollection } from "@vigil/model/amt/AMT_TLSProtocolEndpointCollection.ts";
import { allClasses } from "@vigil/model/classes.ts";
import type { ClassDefinition, Instance } from "@vigil/model/define.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import type { Behavior, Listed } from "@vigil/virtual-device/behavior.ts";
import { behaviors } from "@vigil/virtual-device/behaviors.ts";
import { generationNames, identityOf, type Generation } from "@vigil/virtual-device/identity.ts";
import type { Selectors } from "@vigil/wire/wsman/reference.ts";
import type { AmtDevice } from "../device.ts";
import { certificateAt, FurnishedDevices, wiredPort } from "../testing/furnished-device.ts";
import { heldValue } from "../testing/held-value.ts";

// What a manager makes, all generations list as it was sent, and what it deletes is gone.

const devices = new FurnishedDevices();
const text = `<&>"'é日`;

interface Creation {
  readonly definition: ClassDefinition;
  readonly value: object;
  readonly before?: (device: AmtDevice) => Promise<unknown>;
}

const policy = referenceTo(AMT_SystemDefensePolicy, {
  InstanceID: "Intel(r) AMT:System Defense Policy: Handle: 1",
});
const tied = { Antecedent: wiredPort, Dependent: policy };
const filter = { FilterProfile: "rateLimit", FilterProfileData: 1_000, FilterDirection: "transmit" } as const;

const creations: readonly Creation[] = [
  creation(AMT_Hdr8021Filter, { Name: text, HdrProtocolID8021: 65_535, ActionEventOnMatch: false, ...filter }),
  creation(AMT_IPHeadersFilter, { Name: text, HdrIPVersion: 4, HdrSrcPortStart: 65_535, ...filter }),
  creation(AMT_SystemDefensePolicy, {
    PolicyName: text,
    PolicyPrecedence: 4_294_967_295,
    FilterCreationHandles: [1, 2],
    TxDefaultDrop: true,
    AntiSpoofingSupport: 3,
  }),
  creation(AMT_NetworkPortDefaultSystemDefensePolicy, tied, (device) => device.systemDefense.release()),
  creation(AMT_NetworkPortSystemDefensePolicy, tied, (device) =>
    device.wsman.delete(AMT_NetworkPortSystemDefensePolicy, tied),
  ),
  creation(AMT_AgentPresenceInterfacePolicy, { ...tied, Enabled: true }, (device) =>
    device.wsman.delete(AMT_AgentPresenceInterfacePolicy, tied),
  ),
  creation(AMT_AgentPresenceWatchdog, {
    DeviceID: Buffer.from(new Uint8Array(16).fill(9)).toString("base64"),
    MonitoredEntityDescription: text,
    StartupInterval: 1,
    TimeoutInterval: 10,
  }),
  creation(AMT_PETFilterSetting, { PolicyID: 255, EnableFilter: false, EventSeverity: 16, SensorNumber: 0 }),
  creation(AMT_SNMPEventSubscriber, { AccessInfo: "2001:db8::1", PolicyID: 0 }),
  creation(
    AMT_TLSCredentialContext,
    {
      ElementInContext: certificateAt(1),
      ElementProvidingContext: referenceTo(AMT_TLSProtocolEndpointCollection, {
        ElementName: "TLSProtocolEndpoint Instances Collection",
      }),
    },
    (device) => device.wsman.delete(AMT_TLSCredentialContext, {}),
  ),
];

for (const { definition, value, before } of creations) {
  test(`${definition.name}: created, listed as sent, and gone when deleted, by every generation`, async () => {
    for (const generation of generationsWith(definition, "create")) {
      const { device, firmware } = await devices.fresh(generation);
      await before?.(device);
      const { selectors } = await device.wsman.create(definition, value);
      const read = await device.wsman.get(definition, selectors);
      assert.partialDeepStrictEqual(read, value);
      const held = behaviors.of(definition.uri, firmware.release)?.list(firmware) ?? [];
      const typed = held.map((one) => heldValue(definition, one.value, firmware.release));
      assert.deepEqual(await device.wsman.enumerateExactly(definition), typed);
      assert.deepEqual(read, typed[indexOf(held, selectors)]);
      await device.wsman.delete(definition, selectors);
      await assertGone(device, definition, selectors);
      assert.deepEqual(await device.wsman.enumerateExactly(definition), typed.toSpliced(indexOf(held, selectors), 1));
    }
  });
}

/** What has to go before. */
const inTheWay: Readonly<Record<string, (device: AmtDevice) => Promise<unknown>>> = {
  AMT_Hdr8021Filter: async (device) => {
    await freePorts(device);
    await device.wsman.delete(AMT_SystemDefensePolicy, policy.selectors);
  },
  AMT_SystemDefensePolicy: freePorts,
  AMT_ManagementPresenceRemoteSAP: (device) => device.wsman.delete(AMT_RemoteAccessPolicyRule, {}),
  AMT_PublicPrivateKeyPair: (device) => device.tls.generateKeyPair(),
};

/** Those that cannot be deleted as they are: the last one is taken. */
const takesLast = new Set(["AMT_PublicPrivateKeyPair", "AMT_PETFilterSetting"]);

for (const definition of allClasses) {
  if (generationsWith(definition, "delete").length === 0) continue;
  test(`${definition.name}: deleted by its keys, one is gone and the others stay, in every generation`, async () => {
    for (const generation of generationsWith(definition, "delete")) {
      const { device } = await devices.fresh(generation);
      await inTheWay[definition.name]?.(device);
      const all = await device.wsman.enumerateExactly(definition);
      const index = takesLast.has(definition.name) ? all.length - 1 : 0;
      const gone = all[index] ?? assert.fail(`${definition.name} has no instance in ${generation}`);
      const selectors = referenceTo(definition, gone).selectors;
      await device.wsman.delete(definition, selectors);
      await assertGone(device, definition, selectors);
      assert.deepEqual(await device.wsman.enumerateExactly(definition), all.toSpliced(index, 1));
    }
  });
}

test("every class of which managers can make instances is made here", () => {
  const making = allClasses.filter((one) => generationsWith(one, "create").length > 0).map(({ name }) => name);
  assert.deepEqual(creations.map(({ definition }) => definition.name).toSorted(), making.toSorted());
});

async function freePorts(device: AmtDevice): Promise<void> {
  await device.systemDefense.release();
  await device.wsman.delete(AMT_NetworkPortSystemDefensePolicy, tied);
}

async function assertGone(device: AmtDevice, definition: ClassDefinition, selectors: Selectors): Promise<void> {
  await assert.rejects(device.wsman.get(definition, selectors), { code: "wsman.fault.destinationUnreachable" });
  await assert.rejects(device.wsman.delete(definition, selectors), { code: "wsman.fault.destinationUnreachable" });
}

function indexOf(held: readonly Listed[], selectors: Selectors): number {
  return held.findIndex((one) => isDeepStrictEqual(one.selectors, selectors));
}

function generationsWith(definition: ClassDefinition, what: Behavior["supports"][number]): readonly Generation[] {
  return generationNames.filter((one) => {
    const { release } = identityOf("", 0, [one]);
    return behaviors.of(definition.uri, release)?.supports.includes(what) === true;
  });
}

function creation<C extends ClassDefinition>(
  definition: C,
  value: Partial<Instance<C>>,
  before?: Creation["before"],
): Creation {
  return { definition, value, ...(before === undefined ? {} : { before }) };
}
