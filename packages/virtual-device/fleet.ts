import { createPublicKey, randomBytes } from "node:crypto";
import type { Clock } from "@vigil/base/clock.ts";
import type { Log } from "@vigil/base/log.ts";
import { VirtualDevice, type DeviceDeps, type PortMap } from "./device.ts";
import { HelloGate, type HelloTarget } from "./endpoints/hello.ts";
import { OwnListeners, SharedListeners, type Listeners } from "./endpoints/listeners.ts";
import { TlsEndpoint } from "./endpoints/tls.ts";
import { fail } from "./errors.ts";
import type { FaultPlan } from "./faults.ts";
import { factoryRootHashes } from "./factory-roots.ts";
import type { FirmwareOptions } from "./firmware.ts";
import { handOver, provision, type HandOver, type Provisioned } from "./firmware/provision.ts";
import { folderFlash, memoryFlash, type Flash } from "./flash.ts";
import { identityOf, type Generation, type Identity } from "./identity.ts";
import { makeKeyPool } from "./keys.ts";

export interface FleetOptions {
  readonly count: number;
  /** "127.77.0.1" unless said otherwise; the devices follow one after the other, .0 and .255 left out. */
  readonly firstAddress?: string;
  readonly clock: Clock;
  readonly log: Log;
  /** SHA-256 of root certificates, lower-case hex: trusted beside the factory's own. */
  readonly trustedRootHashes: readonly string[];
  /** What DHCP tells the devices; by their place in the fleet where they are in several networks. */
  readonly domainSuffix: string | ((index: number) => string);
  /** Where hellos go; absent: the devices are silent. */
  readonly hello?: HelloTarget;
  /** True: a device says its first hello when it is plugged in anew, or has been given something to say. */
  readonly isQuiet?: boolean;
  /** Where the devices keep their state; absent: in memory. */
  readonly directory?: string;
  /** The same seed gives the same machines. Random unless said otherwise; a folder keeps its own. */
  readonly seed?: string;
  /** "auto": a listener of its own for each device up to 1,000 of them, shared ones beyond. */
  readonly listen?: "auto" | "own" | "shared";
  readonly ports?: PortMap;
  /** Taken in turns; 12, 15 and 16 unless said otherwise. */
  readonly generations?: readonly Generation[];
  /** In place of what the generation has, e.g. "6.1.20": for what changed between two of them. */
  readonly release?: string;
  /** They are set up already; those whose flash says otherwise stay as they are. */
  readonly provisioned?: Provisioned;
  /**
   * They are set up already with what this gives out for each: asked about those in factory state, some hundreds at a time. One that gets
   * nothing stays as it is.
   */
  readonly handedOver?: (
    candidates: readonly Candidate[],
  ) => Promise<ReadonlyMap<string, Omit<HandOver, "privatePem">>>;
  /** Kerberos users whose tickets do not say who they are, e.g. of MIT's KDC: see FirmwareOptions.accountOf. */
  readonly accountOf?: FirmwareOptions["accountOf"];
  /** How each misbehaves from its first moment on, by its place in the fleet. */
  readonly faults?: (index: number) => FaultPlan | undefined;
  /** From off to running, milliseconds: 2,000 unless said otherwise. */
  readonly powerDelayMs?: number;
  /** True: addresses outside 127.0.0.0/8 are allowed. */
  readonly allowsAllAddresses?: boolean;
}

/** A device that is to be set up without a server, by its uuid. */
export interface Candidate {
  readonly address: string;
  readonly identity: Identity;
  readonly digestRealm: string;
  /** Of the key that it has taken; SubjectPublicKeyInfo, DER as base64. */
  readonly publicKey: string;
}

export interface FleetStats {
  readonly devices: number;
  readonly factory: number;
  readonly inSetup: number;
  readonly provisioned: number;
  readonly requests: number;
}

/** Beyond this many devices, two listeners each would use up the process's files. */
const mostOwn = 1_000;
const usualPorts: PortMap = { plain: 16_992, tls: 16_993, redirection: { plain: 16_994, tls: 16_995, screen: 5_900 } };
const sweepMs = 10_000;
/** Devices in one question for what is handed over. Chosen: a question of half a megabyte. */
const batchSize = 500;
/** Between the first hellos of two devices. */
const helloSpreadMs = 5;

/** Virtual devices of one process. */
export class Fleet implements AsyncDisposable {
  readonly devices: readonly VirtualDevice[];
  readonly #byAddress: ReadonlyMap<string, VirtualDevice>;
  readonly #byUuid: ReadonlyMap<string, VirtualDevice>;
  readonly #listeners: Listeners;
  readonly #flash: Flash;
  readonly #cancelSweep: () => void;

  constructor(devices: readonly VirtualDevice[], parts: { listeners: Listeners; flash: Flash; clock: Clock }) {
    this.devices = devices;
    this.#byAddress = new Map(devices.map((one) => [one.address, one]));
    this.#byUuid = new Map(devices.map((one) => [one.firmware.uuid, one]));
    this.#listeners = parts.listeners;
    this.#flash = parts.flash;
    const { clock } = parts;
    this.#cancelSweep = clock.every(sweepMs, () => {
      for (const one of devices) one.sweep(clock.monotonic());
    });
  }

  byAddress(address: string): VirtualDevice | undefined {
    return this.#byAddress.get(address);
  }

  byUuid(uuid: string): VirtualDevice | undefined {
    return this.#byUuid.get(uuid);
  }

  stats(): FleetStats {
    const count = (mode: "pre" | "in" | "post"): number =>
      this.devices.filter((one) => one.firmware.mode === mode).length;
    return {
      devices: this.devices.length,
      factory: count("pre"),
      inSetup: count("in"),
      provisioned: count("post"),
      requests: this.devices.reduce((sum, one) => sum + one.requests, 0),
    };
  }

  async stop(): Promise<void> {
    this.#cancelSweep();
    await this.#listeners.stop();
    for (const one of this.devices) one.stop();
    this.#flash.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** Starts a fleet. @throws virtual.flash.in-use, virtual.fleet.address, virtual.fleet.range (caller) */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const addresses = addressesFrom(
    options.firstAddress ?? "127.77.0.1",
    options.count,
    options.allowsAllAddresses === true,
  );
  const seed = options.seed ?? randomBytes(16).toString("hex");
  const flash = options.directory === undefined ? memoryFlash(seed) : folderFlash(options.directory, seed);
  const byAddress = new Map<string, VirtualDevice>();
  const listeners = listenersFor(options, (address, port, socket) => {
    const device = byAddress.get(address);
    if (device === undefined) socket.resetAndDestroy();
    else void device.accept(port, socket);
  });
  const deps: DepsOfAll = {
    listeners,
    tls: new TlsEndpoint(),
    flash,
    gate: new HelloGate(),
    ports: options.ports ?? usualPorts,
    ...(options.hello === undefined ? {} : { hello: options.hello }),
    firmware: {
      clock: options.clock,
      keys: await makeKeyPool(),
      random: (bytes) => randomBytes(bytes),
      trustedRootHashes: [...factoryRootHashes, ...options.trustedRootHashes],
      powerDelayMs: options.powerDelayMs ?? 2_000,
      ...(options.accountOf === undefined ? {} : { accountOf: options.accountOf }),
    },
  };
  for (const [index, address] of addresses.entries()) {
    const { domainSuffix: suffix } = options;
    const domainSuffix = typeof suffix === "string" ? suffix : suffix(index);
    const own = { ...deps, firmware: { ...deps.firmware, domainSuffix } };
    const identity = identityOf(flash.seed, index, options.generations);
    const { release = identity.release } = options;
    byAddress.set(address, new VirtualDevice(address, { ...identity, release }, own));
  }
  const fleet = new Fleet([...byAddress.values()], { listeners, flash, clock: options.clock });
  try {
    const { provisioned, handedOver } = options;
    if (provisioned !== undefined) {
      for (const { firmware } of fleet.devices) await provision(firmware, provisioned);
    }
    if (handedOver !== undefined) await handOverAll(fleet.devices, handedOver);
    for (const [index, device] of fleet.devices.entries()) {
      const plan = options.faults?.(index);
      if (plan !== undefined) device.faults.set(plan);
      {
        await device.start(options.isQuiet === true ? undefined : index * helloSpreadMs);
      }
    }
  } catch (error) {
    await fleet.stop();
    throw error;
  }
  return fleet;
}

/** Batches are asked for two at a time: one is made while the other is kept. */
async function handOverAll(
  devices: readonly VirtualDevice[],
  ask: NonNullable<FleetOptions["handedOver"]>,
): Promise<void> {
  const publicKeys = new Map<string, string>();
  const publicKeyOf = (privatePem: string): string => {
    const known = publicKeys.get(privatePem);
    if (known !== undefined) return known;
    const made = createPublicKey(privatePem).export({ type: "spki", format: "der" }).toString("base64");
    publicKeys.set(privatePem, made);
    return made;
  };
  const untouched = devices.filter(({ firmware }) => firmware.mode === "pre");
  const batches = Array.from({ length: Math.ceil(untouched.length / batchSize) }, (_, index) =>
    untouched.slice(index * batchSize, (index + 1) * batchSize),
  ).values();
  const work = async (): Promise<void> => {
    for (const batch of batches) {
      const keys = batch.map(({ firmware }) => firmware.keys.next());
      const candidates = batch.map(({ address, firmware: { identity, digestRealm } }, index) => {
        return { address, identity, digestRealm, publicKey: publicKeyOf(keys[index] ?? "") };
      });
      const given = await ask(candidates);
      for (const [index, { firmware }] of batch.entries()) {
        const what = given.get(firmware.uuid);
        if (what !== undefined) handOver(firmware, { ...what, privatePem: keys[index] ?? "" });
      }
    }
  };
  await Promise.all([work(), work()]);
}

function listenersFor(options: FleetOptions, onConnection: ConstructorParameters<typeof OwnListeners>[0]): Listeners {
  const way = options.listen ?? "auto";
  const isOwn = way === "own" || (way === "auto" && options.count <= mostOwn);
  return isOwn
    ? new OwnListeners(onConnection)
    : new SharedListeners(onConnection, options.allowsAllAddresses === true);
}

/** What all devices of a fleet have in common. */
type DepsOfAll = Omit<DeviceDeps, "firmware"> & { readonly firmware: Omit<DeviceDeps["firmware"], "domainSuffix"> };

/** Addresses in a row. @throws virtual.fleet.range (caller) */
function addressesFrom(first: string, count: number, allowsAll: boolean): string[] {
  const parts = first.split(".").map(Number);
  const isAddress = parts.length === 4 && parts.every((one) => Number.isInteger(one) && one >= 0 && one <= 255);
  const addresses: string[] = [];
  let next = isAddress ? parts.reduce((sum, one) => sum * 256 + one, 0) : Number.NaN;
  while (addresses.length < count) {
    const address = [24, 16, 8, 0].map((shift) => Math.floor(next / 2 ** shift) % 256).join(".");
    if (Number.isNaN(next) || next >= 2 ** 32 || (!allowsAll && !address.startsWith("127."))) {
      throw fail("virtual.fleet.range", { details: { first, count } });
    }
    if (next % 256 !== 0 && next % 256 !== 255) addresses.push(address);
    next += 1;
  }
  return addresses;
}
