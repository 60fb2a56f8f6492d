import { Button, Menu } from "@mantine/core";
import { IconAlertTriangle, IconPlus } from "@tabler/icons-react";
import { useRef, type KeyboardEvent } from "react";
import { operations } from "@vigil/api/operations.ts";
import { pathOf, valueAt, type Place, type StepKind } from "@vigil/api/resources/job-steps.ts";
import { durationOf } from "../../ages.ts";
import {
  freshStep,
  isAtOrAround,
  kindAt,
  kindsFor,
  kindWords,
  listAt,
  nameAt,
  rowsOf,
  withEntry,
  withMoved,
  withoutEntry,
  type Draft,
  type Row,
} from "./draft.ts";
import type { SeenProblem } from "./editing.ts";

/** What is chosen in the list: a step or branch by its place, or one of the two that are always there. */
export type Chosen = "about" | "limits" | Place;

interface StepListProps {
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly problems: readonly SeenProblem[];
  readonly chosen: Chosen;
  readonly onChosen: (chosen: Chosen) => void;
}

/** The steps in their order. Arrows choose, Alt with an arrow moves a step, Delete takes it away. */
export function StepList({ draft, onDraft, problems, chosen, onChosen }: StepListProps) {
  const box = useRef<HTMLUListElement>(null);
  const rows = rowsOf(draft);
  const lines: readonly Chosen[] = ["about", ...rows.map(({ place }) => place), "limits"];
  const at = lines.findIndex((one) => isSame(one, chosen));
  const step = typeof chosen === "string" ? undefined : chosen;
  const add = (kind: StepKind): void => {
    const { list, index } = after(draft, step);
    onDraft(withEntry(draft, list, index, freshStep(draft, kind)));
    onChosen([...list, index]);
  };
  const move = (by: number): void => {
    const index = step?.at(-1);
    if (step === undefined || typeof index !== "number" || kindOfRow(rows, step) === "branch") return;
    const list = step.slice(0, -1);
    if (index + by < 0 || index + by >= listAt(draft, list).length) return;
    onDraft(withMoved(draft, list, index, index + by));
    onChosen([...list, index + by]);
  };
  const remove = (): void => {
    const index = step?.at(-1);
    if (step === undefined || typeof index !== "number" || kindOfRow(rows, step) === "branch") return;
    onDraft(withoutEntry(draft, step.slice(0, -1), index));
    onChosen(lines[Math.max(0, at - 1)] ?? "about");
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const acts: Readonly<Record<string, () => void>> = {
      ArrowDown: () => (event.altKey ? move(1) : onChosen(lines[Math.min(lines.length - 1, at + 1)] ?? "about")),
      ArrowUp: () => (event.altKey ? move(-1) : onChosen(lines[Math.max(0, at - 1)] ?? "about")),
      Home: () => onChosen("about"),
      End: () => onChosen("limits"),
      Delete: remove,
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  return (
    <div className="step-side">
      <ul
        ref={box}
        className="step-list"
        role="listbox"
        aria-label="Steps"
        aria-activedescendant={`step-${nameOf(chosen)}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <Line name="about" isChosen={chosen === "about"} onChoose={() => onChosen("about")}>
          <span className="step-name">About the job</span>
        </Line>
        {rows.map((row) => (
          <Line
            key={pathOf(row.place)}
            name={pathOf(row.place)}
            depth={row.depth}
            isChosen={isSame(row.place, chosen)}
            onChoose={() => onChosen(row.place)}
            problems={row.kind === "step" ? problems.filter(({ path }) => isWithin(path, row.place)).length : 0}
          >
            {row.kind === "step" ? <StepLine draft={draft} place={row.place} /> : <BranchLine place={row.place} />}
          </Line>
        ))}
        <Line
          name="limits"
          isChosen={chosen === "limits"}
          onChoose={() => onChosen("limits")}
          problems={problems.filter(({ path }) => path.startsWith("limits")).length}
        >
          <span className="step-name">Waves and limits</span>
        </Line>
      </ul>
      <div className="step-acts">
        <Menu position="bottom-start" width={280}>
          <Menu.Target>
            <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />}>
              Add step
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {kindsFor(after(draft, step).list).map((kind) => (
              <Menu.Item key={kind} onClick={() => add(kind)}>
                {kindWords[kind].title}
                <span className="dim step-about">{kindWords[kind].about}</span>
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <span className="dim">
          <kbd>Alt ↑↓</kbd> moves a step
        </span>
      </div>
    </div>
  );
}

function Line({
  name,
  depth = 0,
  isChosen,
  onChoose,
  problems = 0,
  children,
}: {
  readonly name: string;
  readonly depth?: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly problems?: number;
  readonly children: React.ReactNode;
}) {
  return (
    // The list has the keys.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <li
      id={`step-${name}`}
      role="option"
      aria-selected={isChosen}
      className="step-line"
      style={{ paddingLeft: 10 + depth * 14 }}
      onClick={onChoose}
    >
      {children}
      {problems === 0 ? null : (
        <span className="bad step-problems" title={`${problems} ${problems === 1 ? "problem" : "problems"}`}>
          <IconAlertTriangle size={14} aria-hidden /> {problems}
        </span>
      )}
    </li>
  );
}

function StepLine({ draft, place }: { readonly draft: Draft; readonly place: Place }) {
  const index = place.at(-1);
  const name = nameAt(draft, place);
  const when = valueAt(draft, [...place, "when"]) !== undefined;
  return (
    <>
      <span className="step-number">{typeof index === "number" ? index + 1 : ""}</span>
      <span className="step-name clip">{name === "" ? <em className="dim">without a name</em> : name}</span>
      <span className="dim clip">
        {summaryOf(draft, place)}
        {when ? " · if" : ""}
      </span>
    </>
  );
}

function BranchLine({ place }: { readonly place: Place }) {
  return <span className="dim">{branchName(place)}</span>;
}

/** "Branch 2", "Case 1", "Otherwise": a branch's list of steps by its place. */
export function branchName(place: Place): string {
  const last = place.at(-1);
  if (typeof last === "number") return `Branch ${last + 1}`;
  const index = place.at(-2);
  return last === "steps" && typeof index === "number" ? `Case ${index + 1}` : "Otherwise";
}

/** What a step does, in a few words. */
function summaryOf(draft: Draft, place: Place): string {
  const kind = kindAt(draft, place);
  if (kind === undefined) return "does nothing yet";
  const value = valueAt(draft, [...place, kind]);
  if (kind === "do") {
    const known = Object.entries(operations).find(([name]) => name === value);
    return known?.[1].title ?? String(value);
  }
  if (kind === "pauseSeconds" && typeof value === "number") return durationOf(value * 1000);
  if (kind === "waitFor" && typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([what, how]) => `${what} ${String(how)}`)
      .join(", ");
  }
  return kindWords[kind].title;
}

/** Where one more step goes: after what is chosen, within a chosen branch, or at the end. */
function after(draft: Draft, chosen: Place | undefined): { readonly list: Place; readonly index: number } {
  const end = { list: ["steps"], index: listAt(draft, ["steps"]).length };
  if (chosen === undefined) return end;
  if (Array.isArray(valueAt(draft, chosen))) return { list: chosen, index: listAt(draft, chosen).length };
  const last = chosen.at(-1);
  return typeof last === "number" ? { list: chosen.slice(0, -1), index: last + 1 } : end;
}

function kindOfRow(rows: readonly Row[], place: Place): Row["kind"] | undefined {
  return rows.find((row) => isSame(row.place, place))?.kind;
}

/** Whether a problem's path is at a step and not in a step of its branches' own lines. */
function isWithin(path: string, place: Place): boolean {
  const here = pathOf(place);
  if (path !== here && !path.startsWith(`${here}.`)) return false;
  const rest = path.slice(here.length);
  return !/^\.(parallel\[\d+\]\[\d+\]|choose\[\d+\]\.steps\[\d+\]|otherwise\[\d+\])/.test(rest);
}

function isSame(one: Chosen, other: Chosen): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  return one.length === other.length && isAtOrAround(one, other);
}

function nameOf(chosen: Chosen): string {
  return typeof chosen === "string" ? chosen : pathOf(chosen);
}
