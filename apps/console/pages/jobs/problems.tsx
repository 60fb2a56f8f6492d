import type { SeenProblem } from "./editing.ts";

/** What is wrong, where, and what to do about it. */
export function Problems({
  problems,
  onChoose,
}: {
  readonly problems: readonly SeenProblem[];
  /** Goes to the place of a problem. */
  readonly onChoose?: (problem: SeenProblem) => void;
}) {
  if (problems.length === 0) return null;
  return (
    <ul className="problems" aria-label="Problems">
      {problems.map((problem) => (
        <li key={`${problem.path} ${problem.text}`}>
          {onChoose === undefined ? null : (
            <button type="button" className="link" onClick={() => onChoose(problem)}>
              {problem.line === null ? (problem.step ?? "the job") : `Line ${problem.line}`}
            </button>
          )}
          <span className="bad">{problem.text}.</span> {problem.next}.
        </li>
      ))}
    </ul>
  );
}
