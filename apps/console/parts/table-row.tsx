import { memo, type ReactNode } from "react";
import { tracksOf, type Column } from "./table-columns.ts";

interface RowProps<Row> {
  readonly id: string;
  readonly index: number;
  readonly top: number;
  readonly heightPx: number;
  readonly row: Row | undefined;
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly isActive: boolean;
  readonly isOpen: boolean;
  /** undefined: rows of this table cannot be chosen. */
  readonly isSelected: boolean | undefined;
}

/** One row, drawn again only when something of it changed: the table itself is drawn anew at every scroll step. */
export const TableRow = memo(Row) as typeof Row; // memo() forgets that Row is generic

function Row<T>({
  id,
  index,
  top,
  heightPx,
  row,
  name,
  columns,
  isActive,
  isOpen,
  isSelected,
}: RowProps<T>): ReactNode {
  const gridTemplateColumns = tracksOf(columns, isSelected !== undefined);
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-index={index}
      data-active={isActive}
      data-open={isOpen}
      className="table-row"
      style={{ gridTemplateColumns, height: heightPx, transform: `translateY(${top}px)` }}
    >
      {isSelected === undefined ? null : (
        <div role="gridcell" className="table-choose" data-choose>
          <input type="checkbox" tabIndex={-1} readOnly checked={isSelected} aria-label={`Select ${name}`} />
        </div>
      )}
      {columns.map((column) => (
        <div key={column.name} role="gridcell" className="table-cell clip" data-number={column.isNumber}>
          {row === undefined ? <Blank seed={index + column.name.length} /> : column.cell(row)}
        </div>
      ))}
    </div>
  );
}

/** A value on its way: a bar in its place, of a length that looks like text. */
function Blank({ seed }: { readonly seed: number }) {
  return <span className="skeleton" style={{ width: `${38 + ((seed * 37) % 40)}%` }} />;
}
