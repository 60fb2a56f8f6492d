import { Button } from "@mantine/core";
import { Age } from "./now.tsx";
import { PlainTable } from "./plain-table.tsx";

/** One version of something that is kept in versions. */
interface Version {
  readonly version: number;
  readonly changedAt: string;
  readonly changedBy: string;
}

interface VersionListProps<One> {
  /** Newest first. */
  readonly versions: readonly One[];
  readonly newest: number;
  readonly commentOf: (one: One) => string | null;
  /** With the newest. */
  readonly onCompare: (one: One) => void;
  readonly onBack: (one: One) => void;
}

/** All versions: any may be compared with the newest, and made the newest again. */
export function VersionList<One extends Version>(props: VersionListProps<One>) {
  const { versions, newest, commentOf, onCompare, onBack } = props;
  return (
    <PlainTable
      label="Versions"
      rows={versions}
      keyOf={({ version }) => String(version)}
      columns={[
        { title: "Version", width: "90px", isNumber: true, cell: ({ version }) => version },
        { title: "Stored", width: "120px", cell: ({ changedAt }) => <Age at={changedAt} /> },
        { title: "By", width: "160px", cell: ({ changedBy }) => changedBy },
        { title: "Comment", cell: (one) => commentOf(one) ?? <span className="dim">—</span> },
        {
          title: "Actions",
          width: "260px",
          cell: (one) =>
            one.version === newest ? (
              <span className="dim">newest</span>
            ) : (
              <span className="cell-row">
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={`Compare version ${one.version} with the newest`}
                  onClick={() => onCompare(one)}
                >
                  Compare
                </Button>
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={`Roll back to version ${one.version}`}
                  onClick={() => onBack(one)}
                >
                  Roll back
                </Button>
              </span>
            ),
        },
      ]}
    />
  );
}
