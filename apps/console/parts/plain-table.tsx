import type { ReactNode } from "react";

/** A column of a short table. */
export interface PlainColumn<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  /** CSS width; what is left over goes to those without one. */
  readonly width?: string;
  readonly cell: (row: Row) => ReactNode;
}

interface PlainTableProps<Row> {
  readonly label: string;
  readonly columns: readonly PlainColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

/** A table of some hundred rows at most, all of them drawn. */
export function PlainTable<Row>({ label, columns, rows, keyOf }: PlainTableProps<Row>) {
  return (
    <div className="plain-table-box" tabIndex={0} role="region" aria-label={label}>
      <table className="plain-table" aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ title, isNumber, width }) => (
              <th key={title} scope="col" data-number={isNumber} style={width === undefined ? {} : { width }}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, isNumber, cell }) => (
                <td key={title} data-number={isNumber} className="clip">
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
