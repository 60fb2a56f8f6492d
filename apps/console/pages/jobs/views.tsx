import type { ReactNode } from "react";

type View = "form" | "text" | "versions";
const titles: Readonly<Record<View, string>> = { form: "Steps", text: "Text", versions: "Versions" };

/** The ways to look at a job. */
export function Views({
  view,
  onView,
  hasVersions = false,
  children,
}: {
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly hasVersions?: boolean;
  readonly children?: ReactNode;
}) {
  const all: readonly View[] = hasVersions ? ["form", "text", "versions"] : ["form", "text"];
  return (
    <div className="toolbar" role="group" aria-label="Ways to look at the job">
      {all.map((one) => (
        <button key={one} type="button" className="chip" aria-pressed={view === one} onClick={() => onView(one)}>
          {titles[one]}
        </button>
      ))}
      <span className="dim toolbar-count">{children}</span>
    </div>
  );
}
