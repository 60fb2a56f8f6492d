import { createHash, randomBytes, X509Certificate } from "node:crypto";
import type { Dialer } from "@vigil/amt-client/dial/dialer.ts";
import { streamFailure } from "@vigil/amt-client/dial/failures.ts";
import type { ProfileSettings } from "@vigil/api/resources/profile-settings.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { HelloGate } from "@vigil/virtual-device/endpoints/hello.ts";
import { TlsEndpoint } from "@vigil/virtual-device/endpoints/tls.ts";
import { memoryFlash } from "@vigil/virtual-device/flash.ts";
import { identityOf } from "@vigil/virtual-device/identity.ts";
import { makeKeyPool } from "@vigil/virtual-device/keys.ts";
import { Work } from "@vigil/work/work.ts";
import { Assignments } from "../../server/assignments/assignments.ts";
import { Audit } from "../../server/audit/audit.ts";
import { Credentials } from "../../server/credentials/credentials.ts";
import { Devices } from "../../server/devices/devices.ts";
import { Events } from "../../server/events.ts";
import { Profiles } from "../../server/profiles/profiles.ts";
import { Provisioning } from "../../server/provisioning/provisioning.ts";
import { aDatabase } from "../../server/testing/a-server.ts";
import { stageDomain, until } from "../stage.ts";

/** The rooms that set devices up, and virtual devices behind streams in memory: no address, no port, no process. */
export interface MemoryNetwork extends AsyncDisposable {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly credentials: Credentials;
  readonly devices: Devices;
  readonly provisioning: Provisioning;
  readonly machines: readonly VirtualDevice[];
  /** The device says hello, as if it came from its address. */
  hello(machine: VirtualDevice, address?: string): void;
  /** Waits until the device's life state is that. */
  untilIs(machine: VirtualDevice, state: string): Promise<void>;
  /** Changes the profile that all have. @param secrets that it calls for, by name */
  changeProfile(
    change: (settings: ProfileSettings) => ProfileSettings,
    secrets?: Readonly<Record<string, string>>,
  ): Promise<void>;
}

export async function aMemoryNetwork(count: number): Promise<MemoryNetwork> {
  await using stack = new AsyncDisposableStack();
  const [clock, log] = [systemClock(), silentLog()];
  const postgres = await aDatabase(clock);
  stack.defer(() => postgres.close());
  const work = await Work.start(postgres, { clock, log });
  stack.defer(() => work.stop());
  const vault = { postgres, clock, log, masterKey: randomBytes(32), domainSuffix: stageDomain };
  const credentials = await Credentials.start(vault);
  const audit = new Audit(postgres, clock);
  const oldestTlsIn = () => Promise.resolve("TLSv1.2" as const);
  const events = new Events();
  const devices = new Devices({ postgres, credentials, events, clock, oldestTlsIn });
  const profiles = new Profiles({ postgres, audit, credentials, clock });
  await profiles.prepare(stageDomain);
  const machines = await machinesFor(count, new X509Certificate(credentials.setupRootPem).raw);
  stack.defer(() => {
    for (const one of machines) one.stop();
  });
  const assignments = new Assignments({ postgres, devices, profiles, credentials, audit, clock });
  const rooms = { postgres, work, devices, credentials, profiles, assignments, audit, events, clock, log };
  const dialerTo = (address: string): Dialer => dialerIn(machines, address);
  const provisioning = new Provisioning({ ...rooms, dialerTo, domainSuffix: stageDomain });
  await provisioning.prepare();
  work.begin();
  const owned = stack.move();
  return {
    postgres,
    audit,
    credentials,
    devices,
    provisioning,
    machines,
    hello({ firmware, address: own }, address = own) {
      const { uuid, helloHashes: rootHashes, state } = firmware;
      firmware.helloSent();
      const retryCount = state.hello.sent - 1;
      provisioning.onHello({ version: 3, uuid, retryCount, rootHashes, hasAdminCredentials: true }, address);
    },
    untilIs: ({ firmware }, state) =>
      until(`${firmware.uuid} is ${state}`, async () => (await devices.lookUp(firmware.uuid))?.state === state, {
        lookMs: 20,
      }),
    async changeProfile(change, secrets = {}) {
      const { version: basedOn, settings } = await profiles.get("Default");
      await profiles.change("owner", "Default", { basedOn, settings: change(settings) });
      for (const [name, value] of Object.entries(secrets)) await profiles.setSecret("owner", "Default", name, value);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function dialerIn(machines: readonly VirtualDevice[], address: string): Dialer {
  const dial = async (port: number) => {
    try {
      const machine = machines.find((one) => one.address === address);
      if (machine === undefined) throw Object.assign(new Error(`nobody is at ${address}`), { code: "EHOSTUNREACH" });
      return await machine.dialFromAfar(port);
    } catch (cause) {
      throw streamFailure(cause, { host: address, port });
    }
  };
  return Object.assign(dial, { host: address });
}

async function machinesFor(count: number, root: Uint8Array): Promise<readonly VirtualDevice[]> {
  const trusted = createHash("sha256").update(root).digest("hex");
  const nowhere = {
    open: () => Promise.resolve(),
    close: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
  const flash = memoryFlash("memory network");
  const firmware = {
    clock: systemClock(),
    keys: await makeKeyPool(2),
    random: (bytes: number) => randomBytes(bytes),
    trustedRootHashes: [trusted],
    domainSuffix: stageDomain,
    powerDelayMs: 50,
  };
  const ports = { plain: 16_992, tls: 16_993 };
  const deps = { listeners: nowhere, tls: new TlsEndpoint(), flash, gate: new HelloGate(), ports, firmware };
  return Array.from(
    { length: count },
    (_, index) => new VirtualDevice(`192.0.2.${index + 1}`, identityOf(flash.seed, index, ["16"]), deps),
  );
}
