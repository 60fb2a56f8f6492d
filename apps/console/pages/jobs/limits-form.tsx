import { Textarea } from "@mantine/core";
import { valueAt } from "@vigil/api/resources/job-steps.ts";
import { LimitFields } from "../../parts/limit-fields.tsx";
import { withValue } from "./draft.ts";
import { Problems } from "./problems.tsx";
import { textAt, type PartProps } from "./step-form.tsx";

type JobPart = Omit<PartProps, "place">;

/** What the job is for, in words. */
export function AboutForm({ draft, onDraft, problems }: JobPart) {
  const own = problems.filter(({ path }) => !path.startsWith("steps[") && !path.startsWith("limits"));
  return (
    <div className="form padded">
      <Problems problems={own} />
      <Textarea
        label="Description"
        description="What it is for, when it may run, whom to ask"
        autosize
        minRows={3}
        maxLength={2000}
        value={textAt(draft, ["description"])}
        onChange={({ currentTarget }) =>
          onDraft(withValue(draft, ["description"], currentTarget.value === "" ? undefined : currentTarget.value))
        }
      />
    </div>
  );
}

/** How far a run may reach at once, and what stops it. */
export function LimitsForm({ draft, onDraft, problems }: JobPart) {
  const limits = valueAt(draft, ["limits"]);
  const set = (key: string, value: unknown): void => {
    const next = withValue(limits ?? {}, [key], value);
    const isEmpty = typeof next === "object" && next !== null && Object.keys(next).length === 0;
    onDraft(withValue(draft, ["limits"], isEmpty ? undefined : next));
  };
  return (
    <div className="form padded">
      <Problems problems={problems.filter(({ path }) => path.startsWith("limits"))} />
      <LimitFields
        limits={typeof limits === "object" && limits !== null ? { ...limits } : {}}
        onLimit={set}
        hasApproval
      />
    </div>
  );
}
