/** Which rows an operator has chosen: by key, with the row as it was last seen. */
export interface Selection<Row> {
  readonly rows: ReadonlyMap<string, Row>;
  /** Where a range starts from: the row that was chosen last. */
  readonly anchor: number | undefined;
}

export function nothingSelected<Row>(): Selection<Row> {
  return { rows: new Map(), anchor: undefined };
}

/** Adds the row at `index`, or takes it away. */
export function toggled<Row>(old: Selection<Row>, index: number, key: string, row: Row): Selection<Row> {
  const rows = new Map(old.rows);
  if (!rows.delete(key)) rows.set(key, row);
  return { rows, anchor: index };
}

/** Adds everything between the anchor and `index`; rows that are not loaded yet are left out. */
export function extended<Row>(
  old: Selection<Row>,
  index: number,
  rowAt: (index: number) => Row | undefined,
  keyOf: (row: Row) => string,
): Selection<Row> {
  const anchor = old.anchor ?? index;
  const rows = new Map(old.rows);
  for (let at = Math.min(anchor, index); at <= Math.max(anchor, index); at += 1) {
    const row = rowAt(at);
    if (row !== undefined) rows.set(keyOf(row), row);
  }
  return { rows, anchor };
}

/** Exactly these. */
export function selectionOf<Row>(all: Iterable<Row>, keyOf: (row: Row) => string): Selection<Row> {
  const rows = new Map<string, Row>();
  for (const row of all) rows.set(keyOf(row), row);
  return { rows, anchor: undefined };
}
