import { useRef } from "react";
import type { Editing, SeenProblem } from "./editing.ts";
import { Problems } from "./problems.tsx";

/** The definition as YAML, with its lines numbered. */
export function TextView({ editing }: { readonly editing: Editing }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const { text, onText, problems } = editing;
  const lines = text.split("\n");
  const wrong = new Set(problems.map(({ line }) => line));
  const show = ({ line }: SeenProblem): void => {
    if (box.current === null || line === null) return;
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    box.current.focus();
    box.current.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  };
  return (
    <div className="job-text">
      <div className="job-text-box mono">
        <ol className="job-text-lines" aria-hidden>
          {lines.map((_, index) => (
            // Lines have no other name than their number.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={index} data-wrong={wrong.has(index + 1)}>
              {index + 1}
            </li>
          ))}
        </ol>
        <textarea
          ref={box}
          aria-label="The job as YAML"
          spellCheck={false}
          wrap="off"
          rows={Math.max(18, lines.length + 1)}
          value={text}
          onChange={({ currentTarget }) => onText(currentTarget.value)}
        />
      </div>
      <aside className="job-text-side" aria-label="What is wrong">
        {problems.length === 0 ? (
          <p className="dim padded">No problem.</p>
        ) : (
          <Problems problems={problems} onChoose={show} />
        )}
      </aside>
    </div>
  );
}
