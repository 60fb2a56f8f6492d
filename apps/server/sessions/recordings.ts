import { createReadStream, mkdirSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { screenRecording, serialLineRecording } from "@vigil/amt-client/redirection/recording.ts";
import type { SessionRecording, SessionSettings } from "@vigil/api/resources/sessions.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import type { DeviceRecord } from "../devices/devices.ts";
import { fail } from "./errors.ts";
import { Recorder } from "./recorder.ts";
import { kindWords, type Grant } from "./session.ts";
import { SessionsStore, type RecordingRow } from "./sessions.store.ts";

export interface RecordingsDeps {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the files are; made when it is missing. */
  readonly folder: string;
  readonly mostBytes?: number;
}

/** A session that is being recorded. */
export interface RecordingUnderWay {
  readonly recorder: Recorder;
  /** Writes down how it went; once. */
  end(): Promise<void>;
}

/** Of one file. Chosen: hours of work at a screen, minutes of film on it. */
const usualMostBytes = 256 * 1024 * 1024;
const sweepMs = 3_600_000;
const dayMs = 86_400_000;
/** Removed in one go. */
const sweptAtOnce = 100;
const endings = { sol: "cast", kvm: "vigil-screen" } as const;

/** Recordings of sessions: whether there are any, where they are, who may have them, and how long they are kept. */
export class Recordings {
  readonly #deps: RecordingsDeps;
  readonly #store: SessionsStore;

  constructor(deps: RecordingsDeps) {
    this.#deps = deps;
    this.#store = new SessionsStore(deps.postgres);
    mkdirSync(deps.folder, { recursive: true, mode: 0o700 });
  }

  async settings(): Promise<SessionSettings> {
    const { records_sol, records_kvm, keep_days } = await this.#store.settings();
    return { recordsSerialLine: records_sol, recordsScreen: records_kvm, keepDays: keep_days };
  }

  async changeSettings(actor: string, settings: SessionSettings): Promise<SessionSettings> {
    const { audit, postgres } = this.#deps;
    const { recordsSerialLine: records_sol, recordsScreen: records_kvm, keepDays: keep_days } = settings;
    const what = [...(records_sol ? ["serial lines"] : []), ...(records_kvm ? ["screens"] : [])].join(" and ");
    const summary = what === "" ? "Sessions are not recorded" : `Recordings of ${what} are kept for ${keep_days} days`;
    await postgres.transaction(async (tx) => {
      await this.#store.putSettings(tx, { records_sol, records_kvm, keep_days });
      await audit.write(tx, { actor, action: "session.settings", summary, details: { ...settings } });
    });
    return settings;
  }

  /** Begins the recording of a session, when its kind is recorded. */
  async begin({ id, kind, caller, device }: Grant, record: DeviceRecord): Promise<RecordingUnderWay | undefined> {
    if (kind === "ider") return undefined;
    const { records_sol, records_kvm } = await this.#store.settings();
    if (!(kind === "sol" ? records_sol : records_kvm)) return undefined;
    const { clock, log, mostBytes = usualMostBytes } = this.#deps;
    const startedAt = new Date(clock.now());
    const { hostName } = record;
    await this.#store.begin({ id, device, host_name: hostName, kind, actor: caller.actor, started_at: startedAt });
    const about = { startedAt, device, hostName };
    const recording = kind === "sol" ? serialLineRecording(about) : screenRecording(about);
    const recorder = new Recorder(recording, { clock, path: this.#pathOf({ id, kind }), mostBytes });
    return {
      recorder,
      end: async () => {
        const { bytes, isWhole, failure } = await recorder.end();
        if (failure !== undefined) log.error("a recording was not written", { session: id, error: failure });
        await this.#store.end(id, { ended_at: new Date(clock.now()), bytes, is_whole: isWhole });
      },
    };
  }

  async list(limit: number): Promise<SessionRecording[]> {
    return (await this.#store.recordings(limit)).map(shown);
  }

  /**
   * The file, for whoever may have it; written down, as it shows what somebody else saw.
   * @throws sessions.recording.unknown (caller)
   */
  async file(
    actor: string,
    id: string,
  ): Promise<{ readonly name: string; readonly bytes: number; readonly stream: Readable }> {
    const { audit, postgres } = this.#deps;
    const row = await this.#known(id);
    const path = this.#pathOf(row);
    const size = await stat(path).catch(() => undefined);
    if (size === undefined) throw fail("sessions.recording.unknown", { details: { session: id } });
    const summary = `Took the recording of a session of the ${kindWords[row.kind]} that ${row.actor} had`;
    const details = { session: id, of: row.actor };
    await postgres.transaction((tx) =>
      audit.write(tx, { actor, action: "session.recording-taken", device: row.device, summary, details }),
    );
    const name = `${row.host_name ?? row.device}-${row.started_at.toISOString().replaceAll(/[:.]/g, "-")}.${endings[row.kind]}`;
    // What is being written still grows: no more is sent than was announced.
    const end = Math.max(0, size.size - 1);
    return { name, bytes: size.size, stream: createReadStream(path, { end }) };
  }

  /** @throws sessions.recording.unknown, sessions.recording.open (caller) */
  async remove(actor: string, id: string): Promise<void> {
    const row = await this.#known(id);
    if (row.ended_at === null) throw fail("sessions.recording.open", { details: { session: id } });
    await this.#forget(row, actor, "Removed");
  }

  /** Ends what a server left open that was killed, and removes what is too old, now and then. @returns stops it */
  maintain(): () => void {
    const { clock, log } = this.#deps;
    const sweep = (): void => {
      this.#sweep().catch((error: unknown) => log.warn("old recordings were not removed", { error }));
    };
    void this.#endLeftOpen().then(sweep, (error: unknown) => log.warn("recordings were not looked after", { error }));
    return clock.every(sweepMs, sweep);
  }

  async #endLeftOpen(): Promise<void> {
    for (const row of await this.#store.open()) {
      const size = await stat(this.#pathOf(row)).catch(() => undefined);
      await this.#store.end(row.id, { ended_at: row.started_at, bytes: size?.size ?? 0, is_whole: false });
    }
  }

  async #sweep(): Promise<void> {
    const { keep_days } = await this.#store.settings();
    const before = new Date(this.#deps.clock.now() - keep_days * dayMs);
    for (const row of await this.#store.startedBefore(before, sweptAtOnce)) {
      if (row.ended_at !== null) await this.#forget(row, "vigil", `After ${keep_days} days, removed`);
    }
  }

  async #forget(row: RecordingRow, actor: string, did: string): Promise<void> {
    const { audit, postgres } = this.#deps;
    await rm(this.#pathOf(row), { force: true });
    const summary = `${did} the recording of a session of the ${kindWords[row.kind]} that ${row.actor} had`;
    const details = { session: row.id, of: row.actor };
    await postgres.transaction(async (tx) => {
      await this.#store.remove(tx, row.id);
      await audit.write(tx, { actor, action: "session.recording-removed", device: row.device, summary, details });
    });
  }

  async #known(id: string): Promise<RecordingRow> {
    const row = await this.#store.recording(id);
    if (row === undefined) throw fail("sessions.recording.unknown", { details: { session: id } });
    return row;
  }

  #pathOf({ id, kind }: Pick<RecordingRow, "id" | "kind">): string {
    return join(this.#deps.folder, `${id}.${endings[kind]}`);
  }
}

function shown(row: RecordingRow): SessionRecording {
  return {
    id: row.id,
    device: row.device,
    hostName: row.host_name,
    kind: row.kind,
    actor: row.actor,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    bytes: row.bytes,
    isWhole: row.is_whole,
  };
}
