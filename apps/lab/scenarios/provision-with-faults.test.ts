import assert from "node:assert/strict";
import type { FaultPlan } from "@vigil/virtual-device/faults.ts";
import { everySecretOpens } from "../proofs.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, stageDomain, until } from "../stage.ts";

/** Why devices missed their set-up in the suites before Vigil; each strikes one device in twenty. */
const causes = ["hello not received", "address changed", "domain changed", "server could not finish"] as const;
const every = 20;
/** An address that a device had before its lease was renewed: nobody is there any more. */
const oldAddress = "127.251.7.7";

/** Where in a set-up a device may break off, and how. */
const breaks: readonly FaultPlan[] = [
  { misbehavior: { kind: "drop" }, matching: "GeneratePKCS10RequestEx", times: 1 },
  { misbehavior: { kind: "drop-after" }, matching: "SetAdminAclEntryEx", times: 1 },
  { misbehavior: { kind: "drop-after" }, matching: "CommitChanges", times: 1 },
  { misbehavior: { kind: "half", then: "close" }, matching: "AMT_TLSSettingData", times: 1 },
  { misbehavior: { kind: "fault", name: "InternalError" }, matching: "AddCertificate", times: 1 },
];

function causeOf(index: number): (typeof causes)[number] | undefined {
  return causes[index % every];
}

function faultOf(index: number): FaultPlan | undefined {
  const cause = causeOf(index);
  if (cause === "hello not received") return { misbehavior: { kind: "hello", from: "nowhere" }, times: 2 };
  if (cause === "address changed") {
    return { misbehavior: { kind: "hello", from: { address: oldAddress } }, times: 1 };
  }
  if (cause === "server could not finish") return breaks[Math.floor(index / every) % breaks.length];
  return undefined;
}

export default defineScenario({
  name: "provision-with-faults",
  story:
    "a mixed fleet, a fifth of it struck by what used to spoil set-ups, ends provisioned or with a code that says what to do",
  smallSize: 40,
  async play({ devices, say, signal }) {
    await using stage = await setStage({
      devices,
      fleet: {
        generations: ["11.8", "12", "15", "16", "19"],
        faults: faultOf,
        // Its network tells it another domain than the setup certificate is for.
        domainSuffix: (index) => (causeOf(index) === "domain changed" ? "moved.example" : stageDomain),
      },
    });
    const counts = () => stage.client.devices.summary();
    const isOver = async (): Promise<boolean> => {
      const { provisioned, failed } = await counts();
      return provisioned + failed === devices;
    };
    try {
      await until("every device has an end", isOver, { limitMs: 120_000 + devices * 1_000, signal });
    } catch (cause) {
      const { items } = await stage.client.provisioning.list({ query: { limit: 5 } });
      throw new Error(`not all have an end: ${JSON.stringify({ ...(await counts()), items })}`, { cause });
    }
    const byCode = new Map<string, number>();
    const { items } = await stage.client.devices.list({ query: { limit: 20_000 } });
    assert.equal(items.length, devices);
    for (const { uuid, state, error } of items) {
      const index = stage.fleet.devices.findIndex(({ firmware }) => firmware.uuid === uuid);
      const isMoved = causeOf(index) === "domain changed";
      assert.equal(
        state,
        isMoved ? "failed" : "provisioned",
        `${causeOf(index) ?? "no cause"}: ${JSON.stringify(error)}`,
      );
      if (!isMoved) continue;
      const code = error?.code ?? "none";
      byCode.set(code, (byCode.get(code) ?? 0) + 1);
      assert.ok(error !== null && error.next !== "", code);
    }
    assert.deepEqual([...byCode.keys()], ["provisioning.certificate.refused"]);
    const failed = byCode.get("provisioning.certificate.refused") ?? 0;
    await everySecretOpens(stage, devices - failed, signal);
    for (const [index, cause] of causes.entries()) {
      const struck = stage.fleet.devices.filter((_, place) => place % every === index);
      say(
        `${cause}: ${struck.length} devices, ${cause === "domain changed" ? `refused with a reason` : "provisioned"}`,
      );
    }
    return { devices, provisioned: devices - failed, failed, unknown: 0 };
  },
});
