import assert from "node:assert/strict";
import type { Boot, BootTarget } from "@vigil/api/resources/boots.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { isoImage } from "@vigil/virtual-device/testing/iso-image.ts";
import { hostStartsOf } from "../proofs.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

/** What is under way at a device when the server is killed. */
interface Case {
  readonly what: string;
  readonly to: BootTarget;
  readonly returns?: true;
  /** The request that the device does not answer, so that the kill falls behind it. */
  readonly unanswered?: string;
  readonly isReached: (device: VirtualDevice) => boolean;
  readonly outcome: Boot["outcome"];
  /** Host starts by the time that all is over. */
  readonly starts: number;
}

const cases: readonly Case[] = [
  {
    what: "between the options and the role",
    to: "bios-setup",
    unanswered: "SetBootConfigRole_INPUT",
    isReached: ({ firmware }) => firmware.state.boot.settings["BIOSSetup"] === true,
    outcome: "interrupted",
    starts: 0,
  },
  {
    what: "between the source and the power",
    to: "network",
    unanswered: "RequestPowerStateChange_INPUT",
    isReached: ({ firmware }) => firmware.state.boot.source !== null && firmware.state.boot.isNext,
    outcome: "unknown",
    starts: 0,
  },
  {
    what: "with the image shown, between the source and the power",
    to: "image",
    unanswered: "RequestPowerStateChange_INPUT",
    isReached: ({ firmware }) => firmware.state.boot.settings["UseIDER"] === true && firmware.state.boot.isNext,
    outcome: "interrupted",
    starts: 0,
  },
  {
    what: "while the host runs from the image, to be returned afterwards",
    to: "image",
    returns: true,
    isReached: ({ firmware }) => firmware.state.lastBoot.options["UseIDER"] === true && !firmware.power.isMoving,
    outcome: "interrupted",
    starts: 2,
  },
];

export default defineScenario({
  name: "kill-during-boot",
  story: "a server killed in the midst of boots takes back afterwards what it had arranged, and tells no power twice",
  smallSize: cases.length,
  async play({ say, signal }) {
    await using stage = await setStage({ devices: cases.length });
    await untilProvisioned(stage, cases.length, signal);
    await addImage(stage);
    const played = cases.map((one, index) => {
      const device = stage.fleet.devices[index];
      assert.ok(device);
      return { ...one, device, before: hostStartsOf(device) };
    });
    const { client } = stage;
    const begun = played.map(({ device, to, unanswered, returns }) => {
      if (unanswered !== undefined) device.faults.set({ misbehavior: { kind: "hang" }, matching: unanswered });
      const body = { to, ...(to === "image" ? { image: "rescue.iso" } : {}), ...(returns === true ? { returns } : {}) };
      return client.boots.begin({ params: { id: device.firmware.uuid }, body }).catch(() => {});
    });
    for (const { what, device, isReached } of played) {
      await until(what, () => isReached(device), { limitMs: 30_000, signal });
    }
    await begun.at(-1);
    say("killed");
    await stage.server.kill();
    await Promise.all(begun);
    for (const { device } of played) device.faults.clear();
    await stage.restart();
    const open = async (): Promise<number> => (await stage.client.boots.list({ query: { isOpen: true } })).items.length;
    await until("every boot has ended", async () => (await open()) === 0, { limitMs: 90_000, signal });
    await until("every host stands still", () => played.every(({ device }) => !device.firmware.power.isMoving), {
      signal,
    });
    for (const { what, device, before, outcome, starts } of played) {
      const { firmware } = device;
      assert.deepEqual(firmware.state.boot.settings, {}, what);
      assert.equal(firmware.state.boot.source, null, what);
      assert.equal(firmware.sessions.of("ider"), undefined, what);
      assert.equal(hostStartsOf(device) - before, starts, `${what}: how often the host has started`);
      const { items } = await stage.client.boots.list({ query: { device: firmware.uuid } });
      assert.partialDeepStrictEqual(items, [{ outcome }], what);
    }
    const last = played.at(-1)?.device.firmware.state.lastBoot;
    assert.deepEqual(last?.options, {}, "the returned host has started from its own disk");
    return { boots: played.length };
  },
});

async function addImage({ client }: Stage): Promise<void> {
  const bytes = new Uint8Array(isoImage({ label: "RESCUE", files: { "README.TXT": new Uint8Array(700) } }));
  const { id } = await client.images.begin({ body: { name: "rescue.iso", kind: "cd", bytes: bytes.length } });
  await client.images.part({ params: { id }, query: { offset: 0 }, body: bytes });
  await client.images.finish({ params: { id }, body: {} });
}
