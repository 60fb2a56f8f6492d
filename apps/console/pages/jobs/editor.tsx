import { useState } from "react";
import { pathOf, valueAt } from "@vigil/api/resources/job-steps.ts";
import { Empty } from "../../parts/empty.tsx";
import { nameAt } from "./draft.ts";
import type { Editing } from "./editing.ts";
import { AboutForm, LimitsForm } from "./limits-form.tsx";
import { BranchForm, StepForm } from "./step-form.tsx";
import { StepList, type Chosen } from "./step-list.tsx";
import { TextView } from "./text-view.tsx";

/** A definition, as a form or as a text: the same draft. */
export function JobEditor({ editing, view }: { readonly editing: Editing; readonly view: "form" | "text" }) {
  const [chosen, setChosen] = useState<Chosen>(["steps", 0]);
  const { draft, onDraft, problems, hindrance } = editing;
  if (view === "text") return <TextView editing={editing} />;
  if (hindrance !== undefined) {
    return <Empty title="The form cannot show this">{hindrance}: go back to the text and mend it.</Empty>;
  }
  const isThere = typeof chosen === "string" || valueAt(draft, chosen) !== undefined;
  const shown = isThere ? chosen : "about";
  const part = { draft, onDraft, problems };
  return (
    <div className="job-editor">
      <StepList {...part} chosen={shown} onChosen={setChosen} />
      <section className="panel" aria-label={typeof shown === "string" ? "The job" : nameAt(draft, shown) || "Step"}>
        {shown === "about" ? (
          <AboutForm {...part} />
        ) : shown === "limits" ? (
          <LimitsForm {...part} />
        ) : Array.isArray(valueAt(draft, shown)) ? (
          <BranchForm key={pathOf(shown)} {...part} place={shown} />
        ) : (
          <StepForm key={pathOf(shown)} {...part} place={shown} />
        )}
      </section>
    </div>
  );
}
