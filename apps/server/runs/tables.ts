import type { ColumnType, Selectable } from "kysely";
import type { BlastRadius, JobDefinition } from "@vigil/api/resources/job-definition.ts";
import type { ErrorReport } from "@vigil/base/errors.ts";
import type { PowerState } from "../devices/devices.ts";
import type { Mark } from "./engine/walk.ts";
import type { OperationName, Outcome, PutBack, Run } from "./run.ts";

/** jsonb: read as what it holds, written as text. */
type Json<T> = ColumnType<T, string, never>;

export interface RunTable {
  readonly id: string;
  readonly title: string;
  /** Null where there is more than one step. */
  readonly operation: OperationName | null;
  readonly job: string | null;
  readonly job_version: number | null;
  readonly definition: Json<JobDefinition>;
  readonly limits: Json<BlastRadius>;
  readonly target: string;
  readonly started_by: string;
  readonly reason: string | null;
  readonly retry_of: string | null;
  state: Run["state"];
  paused_because: string | null;
  wave: number;
  /** Too many of this wave failed, and somebody let the run go on all the same. */
  accepted_wave: number;
  readonly starts_at: Date | null;
  next_begin_at: Date | null;
  /** A second person is asked before anything begins. */
  asked_first: boolean;
  /** The approval step at which devices stand. */
  asked_step: number | null;
  /** Approval steps that somebody has let pass. */
  approved: number[];
  /** It was cancelled, and machines stay as they are. */
  leaves_power: boolean;
  /** What came of putting power back after it was cancelled; null where nothing was. */
  put_back: ColumnType<PutBack | null, string | null, string | null>;
  readonly total: number;
  readonly created_at: Date;
  finished_at: Date | null;
}

export interface ItemTable {
  readonly run: string;
  readonly device: string;
  readonly host_name: string | null;
  readonly address: string;
  readonly wave: number;
  readonly site: string;
  outcome: Outcome;
  /** Counts its changes: who writes names the one that was read, so that of two one wins. */
  turn: ColumnType<number, never, number>;
  step: number | null;
  power_before: PowerState | null;
  answer: string | null;
  error: ColumnType<ErrorReport | null, string | null, string | null>;
  /** A work item of it waits or is being handled. */
  is_queued: boolean;
  /** When it is to be queued again. */
  wake_at: Date | null;
  /** The approval step at which it stands. */
  waits_for: number | null;
  started_at: Date | null;
  finished_at: Date | null;
}

export interface WaveTable {
  readonly run: string;
  readonly wave: number;
  readonly total: number;
  queued: number;
  waiting: number;
  running: number;
  succeeded: number;
  failed: number;
  unknown: number;
  cancelled: number;
}

export interface StepTable {
  readonly run: string;
  readonly device: string;
  readonly position: number;
  readonly attempt: number;
  outcome: Mark["outcome"];
  answer: string | null;
  error: ColumnType<ErrorReport | null, string | null, string | null>;
  started_at: Date | null;
  finished_at: Date | null;
}

export interface RunsTables {
  readonly runs: RunTable;
  readonly run_items: ItemTable;
  readonly run_waves: WaveTable;
  readonly run_steps: StepTable;
}

export type RunRow = Selectable<RunTable>;
export type ItemRow = Selectable<ItemTable>;
export type WaveRow = Selectable<WaveTable>;
export type StepRow = Selectable<StepTable>;
