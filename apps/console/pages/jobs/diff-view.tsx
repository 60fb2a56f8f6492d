import { useMemo } from "react";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import { textOf } from "@vigil/api/resources/job-text.ts";
import { Empty } from "../../parts/empty.tsx";
import { lineDiff, shortened } from "./line-diff.ts";

const marks = { same: " ", gone: "-", new: "+", more: "…" } as const;
const words = { same: "", gone: "taken away: ", new: "added: ", more: "" } as const;

/** What differs between two definitions, line by line of their YAML. */
export function DiffView({ before, after }: { readonly before: JobDefinition; readonly after: JobDefinition }) {
  const lines = useMemo(() => lineDiff(textOf(before).trimEnd(), textOf(after).trimEnd()), [before, after]);
  if (lines.every(({ kind }) => kind === "same")) return <Empty title="Nothing differs" />;
  return (
    <ol className="line-diff mono" aria-label="What differs">
      {shortened(lines).map(({ kind, text }, index) => (
        // A line has no other name than its number.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={index} data-kind={kind}>
          <span aria-hidden>{marks[kind]}</span>
          <span className="unseen">{words[kind]}</span>
          {text}
        </li>
      ))}
    </ol>
  );
}
