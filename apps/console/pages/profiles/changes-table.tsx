import type { ProfileChange } from "@vigil/api/resources/profiles.ts";
import { PlainTable } from "../../parts/plain-table.tsx";
import { namedChange } from "./named-change.ts";

interface ChangesProps {
  readonly label: string;
  readonly changes: readonly ProfileChange[];
  /** Titles of the two sides. */
  readonly before: string;
  readonly after: string;
  /** Dotted paths to mark. */
  readonly marked?: readonly string[];
}

/** What differs, in the form's own words: section, field, old, new. */
export function ChangesTable({ label, changes, before, after, marked = [] }: ChangesProps) {
  const rows = changes.map((change) => ({ ...namedChange(change), setting: change.setting }));
  const isMarked = (setting: string): boolean => marked.some((one) => setting === one || setting.startsWith(one));
  return (
    <PlainTable
      label={label}
      rows={rows}
      keyOf={({ setting }) => setting}
      columns={[
        { title: "Section", width: "150px", cell: ({ section }) => section },
        {
          title: "Field",
          width: "230px",
          cell: ({ field, setting }) => (
            <span title={setting}>
              {isMarked(setting) ? <strong className="warn">both: </strong> : null}
              {field}
            </span>
          ),
        },
        { title: before, cell: (row) => <span title={row.before}>{row.before}</span> },
        { title: after, cell: (row) => <span title={row.after}>{row.after}</span> },
      ]}
    />
  );
}
