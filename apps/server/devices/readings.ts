import type { AmtDevice } from "@vigil/amt-client/device.ts";
import type { StoredAccounts } from "@vigil/api/resources/device-accounts.ts";
import type { HeldCertificates } from "@vigil/api/resources/device-certificates.ts";
import type { DeviceNetwork } from "@vigil/api/resources/device-network.ts";
import type { DeviceLog, Hardware, LogEntry, LogState } from "@vigil/api/resources/readings.ts";
import {
  isDeviceNetwork,
  isHardware,
  isHeldCertificates,
  isLogState,
  isStoredAccounts,
} from "@vigil/api/resources/readings-check.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Devices } from "./devices.ts";
import { readAccounts } from "./read-accounts.ts";
import { readCertificates } from "./read-certificates.ts";
import { readHardware, readLog } from "./read-device.ts";
import { readNetwork } from "./read-network.ts";
import { ReadingsStore, type LogEntryRow, type LogPage } from "./readings.store.ts";

/** A reading with its time. */
export interface Kept<T> {
  readonly readAt: string;
  readonly body: T;
}

/**
 * What is read from a device on request: its own logs, what the machine is made of, its network, its accounts, its certificates. Each reading
 * has a connection of its own, which ends when whoever asked has gone; what it read is kept with its time, in place of what was read before.
 */
export class Readings {
  readonly #devices: Devices;
  readonly #postgres: Postgres;
  readonly #store: ReadingsStore;
  readonly #clock: Clock;

  constructor(deps: { readonly devices: Devices; readonly postgres: Postgres; readonly clock: Clock }) {
    this.#devices = deps.devices;
    this.#postgres = deps.postgres;
    this.#store = new ReadingsStore(deps.postgres);
    this.#clock = deps.clock;
  }

  /** As last read. @throws devices.unknown (caller) */
  async log(
    uuid: string,
    log: DeviceLog,
    page: LogPage,
  ): Promise<{ readAt: string | null; state: LogState | null; total: number; items: LogEntry[] }> {
    await this.#devices.get(uuid);
    const reading = await this.#store.reading(uuid, `${log}-log`);
    if (reading === undefined) return { readAt: null, state: null, total: 0, items: [] };
    const { rows, total } = await this.#store.entries(uuid, log, page);
    const state = isLogState(reading.body) ? reading.body : null;
    return { readAt: reading.read_at.toISOString(), state, total, items: rows.map(entryOf) };
  }

  /** @throws as Devices.using and what the device says; devices.state.wrong (caller) */
  async readLog(uuid: string, log: DeviceLog, signal: AbortSignal): Promise<{ readAt: string; total: number }> {
    const { state, entries } = await this.#devices.using(uuid, { signal }, (device) => readLog(device, log));
    await this.#devices.noteReachable(uuid, true);
    const at = new Date(this.#clock.now());
    await this.#postgres.transaction(async (tx) => {
      await this.#store.putReading(tx, { device: uuid, kind: `${log}-log`, read_at: at, body: state });
      await this.#store.replaceEntries(
        tx,
        uuid,
        log,
        entries.map((one) => rowOf(uuid, log, one)),
      );
    });
    return { readAt: at.toISOString(), total: entries.length };
  }

  /** As last read; null when it never was, or by a version of Vigil that kept it otherwise. @throws devices.unknown (caller) */
  async hardware(uuid: string): Promise<{ readAt: string | null; hardware: Hardware | null }> {
    const kept = await this.#kept(uuid, "hardware", isHardware);
    return { readAt: kept?.readAt ?? null, hardware: kept?.body ?? null };
  }

  /** @throws as readLog */
  async readHardware(uuid: string, signal: AbortSignal): Promise<{ readAt: string; hardware: Hardware }> {
    const noted = async (tx: Tx, { model, manufacturer, serialNumber, bios }: Hardware, at: Date): Promise<void> => {
      const facts = { model, manufacturer, serialNumber, biosVersion: bios.version, inventoryAt: at };
      await this.#devices.noteFacts(tx, uuid, facts);
    };
    const { readAt, body: hardware } = await this.#read(uuid, "hardware", readHardware, signal, noted);
    return { readAt, hardware };
  }

  /** As last read; so are accounts and certificates. @throws devices.unknown (caller) */
  network(uuid: string): Promise<Kept<DeviceNetwork> | undefined> {
    return this.#kept(uuid, "network", isDeviceNetwork);
  }

  /** @throws as readLog; so do the two below */
  readNetwork(uuid: string, signal: AbortSignal): Promise<Kept<DeviceNetwork>> {
    return this.#read(uuid, "network", readNetwork, signal);
  }

  accounts(uuid: string): Promise<Kept<StoredAccounts> | undefined> {
    return this.#kept(uuid, "accounts", isStoredAccounts);
  }

  /** @param before done on the same connection, before they are read */
  readAccounts(
    uuid: string,
    signal: AbortSignal,
    before: (device: AmtDevice) => Promise<void> = () => Promise.resolve(),
  ): Promise<Kept<StoredAccounts>> {
    const read = async (device: AmtDevice): Promise<StoredAccounts> => {
      await before(device);
      return readAccounts(device);
    };
    return this.#read(uuid, "accounts", read, signal);
  }

  certificates(uuid: string): Promise<Kept<HeldCertificates> | undefined> {
    return this.#kept(uuid, "certificates", isHeldCertificates);
  }

  readCertificates(uuid: string, signal: AbortSignal): Promise<Kept<HeldCertificates>> {
    return this.#read(uuid, "certificates", readCertificates, signal);
  }

  /** undefined when it never was read, or by a version of Vigil that kept it otherwise. */
  async #kept<T>(uuid: string, kind: string, fits: (body: unknown) => body is T): Promise<Kept<T> | undefined> {
    await this.#devices.get(uuid);
    const reading = await this.#store.reading(uuid, kind);
    if (reading === undefined || !fits(reading.body)) return undefined;
    return { readAt: reading.read_at.toISOString(), body: reading.body };
  }

  /** @param also what else is noted of it, in the same transaction */
  async #read<T>(
    uuid: string,
    kind: string,
    read: (device: AmtDevice) => Promise<T>,
    signal: AbortSignal,
    also: (tx: Tx, body: T, at: Date) => Promise<void> = () => Promise.resolve(),
  ): Promise<Kept<T>> {
    const body = await this.#devices.using(uuid, { signal }, read);
    await this.#devices.noteReachable(uuid, true);
    const at = new Date(this.#clock.now());
    await this.#postgres.transaction(async (tx) => {
      await this.#store.putReading(tx, { device: uuid, kind, read_at: at, body });
      await also(tx, body, at);
    });
    return { readAt: at.toISOString(), body };
  }
}

function rowOf(device: string, log: string, { at, from, ...rest }: LogEntry): LogEntryRow {
  // PostgreSQL's text holds no NUL, and a device may have noted one.
  const clean = (text: string): string => text.replaceAll("\u0000", "�");
  const { number, severity, data } = rest;
  const who = rest.who === null ? null : clean(rest.who);
  const from_where = from === null ? null : clean(from);
  return {
    device,
    log,
    number,
    severity,
    data,
    at: new Date(at),
    source: rest.source,
    text: rest.text,
    who,
    from_where,
  };
}

function entryOf({ number, at, severity, source, text, who, from_where, data }: LogEntryRow): LogEntry {
  return { number, at: at.toISOString(), severity, source, text, who, from: from_where, data };
}
