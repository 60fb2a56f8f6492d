export type Cell = string | number | null;

/**
 * Lines of comma-separated values, each ended by CR LF; the heading is a row like any other. A cell that a spreadsheet would take for a formula
 * gets an apostrophe before it: device logs hold what strangers typed.
 * @source RFC 4180
 */
export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cellOf).join(",")}\r\n`).join("");
}

function cellOf(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
