import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useImperativeHandle, useRef, type KeyboardEvent, type MouseEvent, type Ref } from "react";
import { TableRow } from "./table-row.tsx";
import { rowHeight, tracksOf, widthOf, type Column } from "./table-columns.ts";
import "./table.css";

/** Choosing rows in a table. */
export interface TableSelection {
  readonly has: (key: string) => boolean;
  readonly onToggle: (index: number, isRange: boolean) => void;
  readonly extent: "none" | "some" | "all";
  readonly onAll: () => void;
}

export interface TableSort {
  readonly by: string;
  readonly order: "asc" | "desc";
  readonly onSort: (by: string) => void;
}

/** What the page that holds a table may tell it. */
export interface TableHandle {
  readonly focus: () => void;
}

interface TableProps<Row> {
  readonly id: string;
  /** What the rows are, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly total: number;
  readonly rowAt: (index: number) => Row | undefined;
  readonly keyOf: (row: Row) => string;
  readonly nameOf: (row: Row) => string;
  readonly onRange?: (first: number, last: number) => void;
  readonly active: number;
  readonly onActive: (index: number) => void;
  readonly onOpen?: (index: number) => void;
  readonly openKey?: string | undefined;
  readonly sort?: TableSort;
  readonly selection?: TableSelection;
  readonly isOld?: boolean;
  readonly heightPx?: number;
  readonly handle?: Ref<TableHandle>;
}

/**
 * A table of any length that draws only the rows in sight. One stop in the tab order: arrows, Home, End and Page keys
 * move the active row, Space chooses it, Enter opens it.
 */
export function Table<Row>(props: TableProps<Row>) {
  const { id, columns, total, rowAt, keyOf, nameOf, onRange, active, onActive, onOpen, selection } = props;
  const heightPx = props.heightPx ?? rowHeight;
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => box.current,
    estimateSize: () => heightPx,
    overscan: 12,
    // The head covers the first row's height of the box.
    scrollPaddingStart: rowHeight,
    paddingStart: 0,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onRange?.(first, last), [first, last, onRange]);
  useImperativeHandle(props.handle, () => ({ focus: () => box.current?.focus({ preventScroll: true }) }), []);

  const move = (to: number): void => {
    const index = Math.max(0, Math.min(total - 1, to));
    onActive(index);
    virtual.scrollToIndex(index, { align: "auto" });
  };
  const previous = useRef(active);
  useEffect(() => {
    if (previous.current !== active && active < total) virtual.scrollToIndex(active, { align: "auto" });
    previous.current = active;
  }, [active, total, virtual]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? heightPx) / heightPx) - 2);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: total - 1,
    };
    const to = steps[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== box.current) return;
    if (to !== undefined) {
      move(to);
      if (event.shiftKey) selection?.onToggle(Math.max(0, Math.min(total - 1, to)), true);
    } else if (event.key === " " && selection !== undefined) selection.onToggle(active, event.shiftKey);
    else if (event.key === "Enter" && onOpen !== undefined) onOpen(active);
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent): void => {
    if (!(event.target instanceof Element)) return;
    const row = event.target.closest<HTMLElement>("[data-index]");
    if (row === null || event.target.closest("a, button") !== null) return;
    const index = Number(row.dataset["index"]);
    const isChoosing = event.target.closest("[data-choose]") !== null || event.ctrlKey || event.metaKey;
    onActive(index);
    if (selection !== undefined && (isChoosing || event.shiftKey)) {
      // A range would otherwise mark the text between the two clicks.
      if (event.shiftKey) window.getSelection()?.removeAllRanges();
      selection.onToggle(index, event.shiftKey);
    } else onOpen?.(index);
  };

  const isActiveDrawn = active >= first && active <= last && active < total;
  return (
    <div
      ref={box}
      className="table"
      role="grid"
      aria-label={props.label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length + (selection === undefined ? 0 : 1)}
      aria-multiselectable={selection === undefined ? undefined : true}
      aria-busy={props.isOld === true}
      aria-activedescendant={isActiveDrawn ? `${id}-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <div className="table-sheet" style={{ minWidth: widthOf(columns, selection !== undefined) }}>
        <TableHead columns={columns} sort={props.sort} selection={selection} />
        <div role="rowgroup" className="table-body" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rowAt(item.index);
            const key = row === undefined ? undefined : keyOf(row);
            return (
              <TableRow
                key={item.index}
                id={`${id}-${item.index}`}
                index={item.index}
                top={item.start}
                heightPx={heightPx}
                row={row}
                name={row === undefined ? "" : nameOf(row)}
                columns={columns}
                isActive={item.index === active}
                isOpen={key !== undefined && key === props.openKey}
                isSelected={selection === undefined ? undefined : key !== undefined && selection.has(key)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface HeadProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly sort: TableSort | undefined;
  readonly selection: TableSelection | undefined;
}

function TableHead<Row>({ columns, sort, selection }: HeadProps<Row>) {
  const template = tracksOf(columns, selection !== undefined);
  return (
    <div role="rowgroup" className="table-head">
      <div role="row" aria-rowindex={1} className="table-row" style={{ gridTemplateColumns: template }}>
        {selection === undefined ? null : (
          <div role="columnheader" className="table-choose">
            <input
              type="checkbox"
              aria-label="Select all that match"
              checked={selection.extent === "all"}
              ref={(element) => {
                if (element !== null) element.indeterminate = selection.extent === "some";
              }}
              onChange={selection.onAll}
            />
          </div>
        )}
        {columns.map((column) => (
          <ColumnHead key={column.name} column={column} sort={sort} />
        ))}
      </div>
    </div>
  );
}

function ColumnHead<Row>({ column, sort }: { readonly column: Column<Row>; readonly sort: TableSort | undefined }) {
  const by = column.sortBy;
  if (by === undefined || sort === undefined) {
    return (
      <div role="columnheader" className="table-cell clip" data-number={column.isNumber}>
        {column.title}
      </div>
    );
  }
  const isSorted = sort.by === by;
  const Arrow = sort.order === "asc" ? IconArrowUp : IconArrowDown;
  const order = sort.order === "asc" ? "ascending" : "descending";
  return (
    <div role="columnheader" className="table-cell" aria-sort={isSorted ? order : "none"} data-number={column.isNumber}>
      <button type="button" className="table-sort" onClick={() => sort.onSort(by)}>
        {column.title}
        {isSorted ? <Arrow size={12} aria-hidden /> : null}
      </button>
    </div>
  );
}
