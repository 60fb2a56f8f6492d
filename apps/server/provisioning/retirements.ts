import type { Log } from "@vigil/base/log.ts";
import { reportOf } from "@vigil/base/errors.ts";
import type { Tx } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import type { DeviceRecord, RetiredBecause } from "../devices/devices.ts";
import { fail as failDevices } from "../errors.ts";
import type { CourseDeps } from "./course.ts";
import type { Leftovers } from "./departure.ts";
import type { DriftStore } from "./drift.store.ts";
import { fail } from "./errors.ts";
import type { ProvisioningStore } from "./provisioning.store.ts";

export interface RetirementDeps extends CourseDeps {
  readonly audit: Audit;
  readonly log: Log;
  readonly store: ProvisioningStore;
  readonly drifts: DriftStore;
  /** Days that the secrets of a retired device are kept, when nobody says otherwise. */
  readonly secretDays: number;
  /** Absent while Vigil knows no directory. */
  readonly leftovers?: Leftovers | undefined;
}

/** Who wants it, and why. */
export interface Wanted {
  readonly actor: string;
  /** Shown in the audit trail. */
  readonly reason: string;
}

const dayMs = 86_400_000;
/** Devices whose secrets one round destroys. Chosen: the next one is an hour later. */
const mostPerRound = 500;

/**
 * Devices that are no longer trusted: gone, stolen, or the machine of somebody else under its old name. They are not asked anything: they may not be
 * there, or not say the truth. Their secrets stay sealed for a while, for whoever gets the machine back.
 */
export class Retirements {
  readonly #deps: RetirementDeps;

  constructor(deps: RetirementDeps) {
    this.#deps = deps;
  }

  /** @throws devices.unknown, devices.life.refused (caller) */
  async retire(
    device: string,
    how: Wanted & { readonly because: RetiredBecause; readonly keepSecretsDays?: number },
  ): Promise<void> {
    const { postgres, devices, assignments, credentials, audit, drifts, store, leftovers } = this.#deps;
    const { actor, reason, because, keepSecretsDays = this.#deps.secretDays } = how;
    const secretsUntil = new Date(this.#deps.clock.now() + keepSecretsDays * dayMs);
    await postgres.transaction(async (tx) => {
      const { hostName, address } = await devices.get(device, tx);
      await devices.retire(tx, device, { actor, because, secretsUntil });
      const certificates = await credentials.retireCertificates(tx, device, because);
      await store.remove(tx, device);
      await drifts.remove(tx, device);
      await assignments.giveUp(tx, device);
      const summary = `Retired, because it is ${because}: ${reason}`;
      const details = { because, reason, hostName, address, certificates, secretsUntil: secretsUntil.toISOString() };
      await audit.write(tx, { actor, action: "device.retired", device, summary, details });
    });
    await leftovers?.directoryObject(device);
  }

  /** @throws devices.unknown, devices.state.wrong (caller) */
  async readmit(device: string, { actor, reason }: Wanted): Promise<void> {
    const { postgres, devices, audit } = this.#deps;
    await postgres.transaction(async (tx) => {
      await this.#retired(tx, device);
      await devices.readmit(tx, device, actor);
      const summary = `Readmitted: ${reason}`;
      await audit.write(tx, { actor, action: "device.readmitted", device, summary, details: { reason } });
    });
  }

  /** Forgets the device; that it was there, and who had it forgotten, stays in the audit trail. @throws as readmit() */
  async purge(device: string, { actor, reason }: Wanted): Promise<void> {
    const { postgres, devices, assignments, credentials, audit } = this.#deps;
    await postgres.transaction(async (tx) => {
      const { hostName, address, serialNumber } = await this.#retired(tx, device);
      const secrets = await credentials.shred(tx, device);
      await credentials.oneTime.forget(tx, device);
      await assignments.forget(tx, device);
      await devices.forget(tx, device);
      const details = { reason, hostName, address, serialNumber, secrets };
      const summary = `Forgot the device ${hostName ?? address} and ${secrets} secrets of it: ${reason}`;
      await audit.write(tx, { actor, action: "device.purged", device, summary, details });
    });
  }

  /**
   * A retired device asks to be set up: where from is worth knowing, once a day and at each new address; it gets nothing.
   * @returns undefined when it is not retired
   */
  async refuse(tx: Tx, known: DeviceRecord | undefined, address: string): Promise<Error | undefined> {
    const { devices, audit, clock } = this.#deps;
    if (known?.state !== "retired") return undefined;
    const { uuid, retired } = known;
    const at = new Date(clock.now());
    const because = retired?.because ?? null;
    if (known.address !== address || at.getTime() - known.lastSeenAt.getTime() > dayMs) {
      const summary = `A retired device says hello from ${address}`;
      const details = { address, because };
      await audit.write(tx, { actor: "vigil", action: "provisioning.hello.refused", device: uuid, summary, details });
    }
    await devices.sighted(tx, { uuid, address, at });
    return fail("provisioning.hello.retired", { details: { device: uuid, address, because } });
  }

  /** Destroys secrets that have been kept long enough. Never throws: the next round is in an hour. */
  async round(): Promise<void> {
    const { postgres, devices, credentials, audit, log } = this.#deps;
    try {
      for (const device of await devices.secretsOverdue(mostPerRound)) {
        await postgres.transaction(async (tx) => {
          const count = await credentials.shred(tx, device);
          await devices.noteSecretsGone(tx, device);
          const summary = `Destroyed ${count} secrets of a retired device: their time was over`;
          await audit.write(tx, { actor: "vigil", action: "secret.destroyed", device, summary, details: { count } });
        });
      }
    } catch (error) {
      log.error("secrets of retired devices could not be destroyed", { error, code: reportOf(error).code });
    }
  }

  async #retired(tx: Tx, device: string): Promise<DeviceRecord> {
    const record = await this.#deps.devices.get(device, tx);
    if (record.state === "retired") return record;
    throw failDevices("devices.state.wrong", { details: { device, state: record.state, needed: "retired" } });
  }
}
