import { executeIn, type Tx } from "@vigil/postgres/postgres.ts";

/** What pg-boss runs its statements on. */
interface Sql {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** The queue's statements as part of a transaction. */
export function within(tx: Tx): Sql {
  return { executeSql: (text, values) => executeIn(tx, text, values) };
}
