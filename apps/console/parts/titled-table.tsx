import type { ReactNode } from "react";
import { PlainTable, type PlainColumn } from "./plain-table.tsx";

/** Parts of one kind need not differ in anything. */
interface Numbered<Row> {
  readonly row: Row;
  readonly index: number;
}

interface TitledTableProps<Row> {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly columns: readonly PlainColumn<Row>[];
  /** What stands there when there are no rows; absent: nothing does, title included. */
  readonly none?: ReactNode;
}

/** A panel with a short table under its title. */
export function TitledTable<Row>({ title, rows, columns, none }: TitledTableProps<Row>) {
  if (rows.length === 0 && none === undefined) return null;
  return (
    <section className="panel" aria-label={title}>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p className="dim panel-note">{none}</p>
      ) : (
        <PlainTable<Numbered<Row>>
          label={title}
          rows={rows.map((row, index) => ({ row, index }))}
          keyOf={({ index }) => String(index)}
          columns={columns.map(({ cell, ...rest }) => ({ ...rest, cell: ({ row }) => cell(row) }))}
        />
      )}
    </section>
  );
}
