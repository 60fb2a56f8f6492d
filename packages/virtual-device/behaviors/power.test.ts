import assert from "node:assert/strict";
import { test } from "node:test";
import { CIM_AssociatedPowerManagementService } from "@vigil/model/cim/CIM_AssociatedPowerManagementService.ts";
import { CIM_ComputerSystem } from "@vigil/model/cim/CIM_ComputerSystem.ts";
import { CIM_PowerManagementService } from "@vigil/model/cim/CIM_PowerManagementService.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { aFirmware, Asker } from "../testing/firmware-under-test.ts";

const host = { CreationClassName: "CIM_ComputerSystem", Name: "ManagedSystem" };

function aHost() {
  const { firmware, clock } = aFirmware({ powerDelayMs: 4_000 });
  const asker = new Asker(firmware);
  const request = async (PowerState: number, Name = host.Name): Promise<number | undefined> => {
    const ManagedElement = referenceTo(CIM_ComputerSystem, { ...host, Name });
    return (await asker.call(CIM_PowerManagementService, "RequestPowerStateChange", { PowerState, ManagedElement }))
      .ReturnValue;
  };
  const shown = async () => asker.get(CIM_AssociatedPowerManagementService);
  return { firmware, clock, request, shown };
}

test("a host that is told to go off is still on for a quarter of the power delay", async () => {
  const { clock, request, shown } = aHost();
  assert.equal(await request(8), 0);
  assert.equal((await shown()).PowerState, "on");
  await clock.advance(999);
  assert.equal((await shown()).PowerState, "on");
  await clock.advance(1);
  assert.equal((await shown()).PowerState, "offSoft");
});

test("starting takes the whole delay, and is counted as one boot", async () => {
  const { firmware, clock, request, shown } = aHost();
  await request(8);
  await clock.advance(1_000);
  const boots = firmware.bootCount;
  assert.equal(await request(2), 0);
  await clock.advance(3_999);
  assert.equal((await shown()).PowerState, "offSoft");
  await clock.advance(1);
  assert.equal((await shown()).PowerState, "on");
  assert.equal(firmware.bootCount, boots + 1);
});

test("a cycle goes off, then on; a reset never leaves on; each boots once", async () => {
  for (const [asked, between] of [
    [5, 8],
    [9, 8],
    [10, 2],
  ] as const) {
    const { firmware, clock, request } = aHost();
    assert.equal(await request(asked), 0);
    await clock.advance(1_000);
    assert.equal(firmware.state.powerState, between, `after ${asked}`);
    await clock.advance(4_000);
    assert.equal(firmware.state.powerState, 2);
    assert.equal(firmware.bootCount, 2);
    assert.equal(clock.pending(), 0);
  }
});

test("a host that is off can only be switched on, and says so", async () => {
  const { clock, request, shown } = aHost();
  assert.deepEqual((await shown()).AvailableRequestedPowerStates, [10, 8, 5, 11, 4, 7, 14, 12]);
  await request(8);
  await clock.advance(1_000);
  assert.deepEqual((await shown()).AvailableRequestedPowerStates, [2]);
  for (const asked of [4, 5, 6, 7, 8, 9, 10, 11]) assert.equal(await request(asked), 2, `${asked} while off`);
});

test("on is refused while the host runs, and other systems are no hosts", async () => {
  const { firmware, request } = aHost();
  assert.equal(await request(2), 2);
  assert.equal(await request(8, "Intel(r) AMT"), 5);
  assert.equal(firmware.power.isMoving, false);
});

test("sleep and hibernation show as such, and end with on", async () => {
  for (const asked of [4, 7]) {
    const { firmware, clock, request } = aHost();
    assert.equal(await request(asked), 0);
    await clock.advance(1_000);
    assert.equal(firmware.state.powerState, asked);
    assert.equal(await request(2), 0);
    await clock.advance(4_000);
    assert.equal(firmware.state.powerState, 2);
  }
});

test("requests are carried out one after the other; too many are busy", async () => {
  const { firmware, clock, request } = aHost();
  for (let count = 0; count < 4; count += 1) assert.equal(await request(5), 0);
  assert.equal(await request(5), 4099);
  await clock.advance(4 * 5_000);
  assert.equal(firmware.power.isMoving, false);
  assert.equal(firmware.bootCount, 5);
});

test("graceful requests go through the running host's agent; a host that is off has none", async () => {
  for (const [asked, end, boots] of [
    [12, 8, 1],
    [13, 8, 1],
    [14, 2, 2],
    [15, 2, 2],
    [16, 2, 2],
  ] as const) {
    const { firmware, clock, request } = aHost();
    assert.equal(await request(asked), 0);
    await clock.advance(5_000);
    assert.deepEqual([firmware.state.powerState, firmware.bootCount], [end, boots], `${asked}`);
  }
  const { clock, request } = aHost();
  await request(8);
  await clock.advance(1_000);
  for (const asked of [12, 13, 14, 15, 16]) assert.equal(await request(asked), 2, `${asked} while off`);
});

test("a sleeping host can be cut off, reset and cycled", async () => {
  for (const [asked, end] of [
    [8, 8],
    [10, 2],
    [5, 2],
  ] as const) {
    const { firmware, clock, request, shown } = aHost();
    await request(4);
    await clock.advance(1_000);
    assert.deepEqual((await shown()).AvailableRequestedPowerStates, [2, 10, 8, 5]);
    assert.equal(await request(asked), 0);
    await clock.advance(5_000);
    assert.equal(firmware.state.powerState, end);
  }
});
