import type { Dialect } from "kysely";

/** What the two kinds of database have in common. */
export interface Backend {
  readonly dialect: Dialect;
  readonly kind: "embedded" | "server";
  /** @returns cancels it */
  listen(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>>;
  /** Runs one or, without values, several statements. */
  execute(sql: string, values?: readonly unknown[]): Promise<{ rows: unknown[] }>;
  close(): Promise<void>;
}
