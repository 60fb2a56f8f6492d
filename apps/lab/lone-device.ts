import { systemClock } from "@vigil/base/clock.ts";
import { jsonLog } from "@vigil/base/log.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { startFleet, type Fleet, type FleetOptions } from "@vigil/virtual-device/fleet.ts";
import type { Generation } from "@vigil/virtual-device/identity.ts";

/** A virtual device without a server, set up, for strangers to meet. */
export interface LoneDevice extends AsyncDisposable {
  readonly device: VirtualDevice;
  readonly address: string;
  readonly username: string;
  readonly password: string;
}

const password = "P@ssw0rd!";

/** @param address a loopback address that no other test uses @param more e.g. what its Kerberos users are */
export async function aLoneDevice(
  address: string,
  generation: Generation = "16",
  more: Partial<FleetOptions> = {},
): Promise<LoneDevice> {
  const clock = systemClock();
  const fleet: Fleet = await startFleet({
    count: 1,
    firstAddress: address,
    clock,
    log: jsonLog({ write: (line) => process.stderr.write(line), clock, level: "warn" }),
    trustedRootHashes: [],
    domainSuffix: "lab.example",
    seed: "lone device",
    generations: [generation],
    powerDelayMs: 50,
    provisioned: { password, hostName: "lone", acceptsPlain: true },
    ...more,
  });
  const [device] = fleet.devices;
  if (device === undefined) throw new Error("the fleet has no device");
  return { device, address, username: "admin", password, [Symbol.asyncDispose]: () => fleet.stop() };
}
