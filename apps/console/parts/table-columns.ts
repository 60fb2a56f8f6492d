import type { ReactNode } from "react";

/** Height of a row in pixels; `--row` in styles/tokens.css. */
export const rowHeight = 32;
/** Width of the column with the boxes. */
const chooseWidth = 36;

/** A column of a table: a name for the address bar, a title for people. */
export interface Column<Row> {
  readonly name: string;
  readonly title: string;
  /** Narrowest width in pixels. */
  readonly min: number;
  /** Its share of the room that is left; 0: it stays as narrow as `min`. */
  readonly grow: number;
  readonly isNumber?: boolean;
  /** What the server sorts by; without it the column cannot be sorted. */
  readonly sortBy?: string;
  readonly cell: (row: Row) => ReactNode;
}

/** The grid's tracks: they do not depend on what is in the cells, so every row has the same. */
export function tracksOf(columns: readonly Pick<Column<never>, "min" | "grow">[], isChoosing: boolean): string {
  const tracks = columns.map(({ min, grow }) => (grow === 0 ? `${min}px` : `minmax(${min}px, ${grow}fr)`));
  return [...(isChoosing ? [`${chooseWidth}px`] : []), ...tracks].join(" ");
}

/** Below this many pixels the table scrolls sideways. */
export function widthOf(columns: readonly Pick<Column<never>, "min">[], isChoosing: boolean): number {
  return columns.reduce((sum, { min }) => sum + min, isChoosing ? chooseWidth : 0);
}
