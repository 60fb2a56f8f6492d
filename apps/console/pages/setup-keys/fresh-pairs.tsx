import { Button, CopyButton, Group } from "@mantine/core";
import { countOf } from "../../ages.ts";
import { PlainTable } from "../../parts/plain-table.tsx";
import { download } from "../../parts/download.ts";
import { csvOf } from "./printed.ts";

interface FreshPairsProps {
  readonly batch: string;
  readonly pairs: readonly { readonly pid: string; readonly pps: string }[];
  readonly onClose: () => void;
}

/** Pairs with their secret part: shown until the dialog is closed. */
export function FreshPairs({ batch, pairs, onClose }: FreshPairsProps) {
  const text = csvOf(pairs);
  return (
    <div className="form">
      <p>
        {countOf(pairs.length)} {pairs.length === 1 ? "pair" : "pairs"} of {batch}. Whoever has this list can set these
        machines up: hand it to whoever stages them, and to nobody else. It is shown again only for a reason, which is
        noted.
      </p>
      <div className="setup-pairs">
        <PlainTable
          label="Pairs"
          rows={pairs}
          keyOf={({ pid }) => pid}
          columns={[
            { title: "PID", width: "120px", cell: ({ pid }) => <span className="mono">{pid}</span> },
            { title: "PPS", cell: ({ pps }) => <span className="mono">{pps}</span> },
          ]}
        />
      </div>
      <Group justify="flex-end">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy list"}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={() => download(`${batch}.csv`, new TextEncoder().encode(text), "text/csv")}>
          Download list
        </Button>
        <Button onClick={onClose} data-autofocus>
          Hide pairs
        </Button>
      </Group>
    </div>
  );
}
