import type { BlastRadius } from "@vigil/api/resources/job-definition.ts";
import type { JobProblem } from "@vigil/api/resources/job-check.ts";
import { momentOf } from "../ages.ts";
import { LimitFields } from "./limit-fields.tsx";
import { MomentField } from "./moment-field.tsx";
import { changedLimits, type RunOptionsDraft } from "./run-options.ts";

interface RunOptionsProps {
  readonly draft: RunOptionsDraft;
  readonly onDraft: (draft: RunOptionsDraft) => void;
  /** The limits of the job itself. */
  readonly own?: BlastRadius | undefined;
  readonly problems: readonly JobProblem[];
}

/** What may be said for one run alone, folded away: its limits, and a later start. */
export function RunOptionsFields({ draft, onDraft, own = {}, problems }: RunOptionsProps) {
  const { limits, startsAt } = draft;
  const changed = changedLimits(limits);
  const set = (name: string, value: unknown): void => {
    const others = Object.fromEntries(Object.entries(limits).filter(([key]) => key !== name));
    onDraft({ ...draft, limits: value === undefined ? others : { ...others, [name]: value } });
  };
  return (
    <details className="run-options">
      <summary>
        Limits and start{" "}
        <span className="dim">
          {changed === "" ? "limits as stored" : `other limits: ${changed}`},{" "}
          {startsAt === "" ? "starts at once" : `starts ${momentOf(startsAt)}`}
        </span>
      </summary>
      <div className="form">
        <MomentField
          label="Start later"
          description={`Empty: at once. By your own clock: ${Intl.DateTimeFormat().resolvedOptions().timeZone}`}
          value={startsAt}
          onChange={(moment) => onDraft({ ...draft, startsAt: moment })}
        />
        {startsAt !== "" && Date.parse(startsAt) <= Date.now() ? (
          <p className="warn field-note">That moment is over: it starts at once.</p>
        ) : null}
        <p className="dim field-note">What is left empty is as stored; what is typed holds for this run alone.</p>
        {problems.length === 0 ? null : (
          <ul className="problems" aria-label="Problems of the limits">
            {problems.map(({ path, text, next }) => (
              <li key={`${path} ${text}`}>
                <span className="bad">{text}.</span> {next}.
              </li>
            ))}
          </ul>
        )}
        <LimitFields limits={limits} onLimit={set} own={own} hasApproval={false} />
      </div>
    </details>
  );
}
