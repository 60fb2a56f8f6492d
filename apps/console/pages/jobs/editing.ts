import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { isJobDefinition, jobProblems, type JobProblem } from "@vigil/api/resources/job-check.ts";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import { readJobText, textOf } from "@vigil/api/resources/job-text.ts";
import type { CheckedJob } from "@vigil/api/resources/jobs.ts";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import type { Draft } from "./draft.ts";

/** A problem, with its line while the definition is a text. */
export interface SeenProblem extends JobProblem {
  readonly line: number | null;
}

/** A change that is not stored yet, and the version that it is made from. */
interface Edit {
  readonly version: number;
  readonly draft: Draft;
  /** As somebody typed it, until the form changes it. */
  readonly text?: string;
}

/** How somebody's change of a job stands. */
export interface Editing {
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly text: string;
  readonly onText: (text: string) => void;
  /** Why the form cannot show it; undefined when it can. */
  readonly hindrance: string | undefined;
  readonly problems: readonly SeenProblem[];
  /** What the server says of it besides; undefined until it has. */
  readonly checked: CheckedJob | undefined;
  readonly isDirty: boolean;
  /** The definition to store; undefined while there are problems. */
  readonly whole: JobDefinition | undefined;
  readonly basedOn: number;
  /** Somebody else has stored a newer version than the draft was made from. */
  readonly isStale: boolean;
  readonly discard: () => void;
  /** Keeps the draft, as a change of the newest version. */
  readonly rebase: () => void;
}

/** Chosen: an operator's pause, not each letter. */
const pauseMs = 300;

/**
 * Holds the draft while somebody edits, in one form for both views, and follows the newest version while nobody does.
 * @param isNew it was never stored, so it is a change as it is
 */
export function useEditing(
  stored: { readonly version: number; readonly definition: JobDefinition },
  isNew = false,
): Editing {
  const [edit, setEdit] = useState<Edit>();
  const before = useMemo(() => textOf(stored.definition), [stored.definition]);
  const { version: basedOn, draft } = edit ?? { version: stored.version, draft: stored.definition };
  const text = edit?.text ?? written(draft) ?? before;
  const read = useMemo(() => (edit?.text === undefined ? undefined : readJobText(edit.text)), [edit?.text]);
  const found = useMemo(() => jobProblems(draft), [draft]);
  const whole = isJobDefinition(draft) && (read === undefined || read.problems.length === 0) ? draft : undefined;
  const checked = useChecked(whole);
  const own =
    read !== undefined && read.problems.length > 0
      ? read.problems
      : found.map((one) => ({ ...one, line: read?.lineOf(one.path) ?? null }));
  const fromServer = whole === undefined ? [] : (checked?.problems ?? []);
  const take = (next: Edit): void =>
    setEdit(!isNew && written(next.draft) === before && next.text === undefined ? undefined : next);
  return {
    draft,
    onDraft: (next) => take({ version: basedOn, draft: next }),
    text,
    onText: (next) => {
      const { definition, problems } = readJobText(next);
      take({ version: basedOn, draft: problems.length > 0 ? draft : definition, text: next });
    },
    hindrance: hindranceOf(draft, read?.problems.length ?? 0),
    problems: [...own, ...fromServer],
    checked: whole === undefined ? undefined : checked,
    isDirty: isNew || (edit !== undefined && (written(draft) !== before || (read?.problems.length ?? 0) > 0)),
    whole: fromServer.length > 0 ? undefined : whole,
    basedOn,
    isStale: stored.version > basedOn,
    discard: () => setEdit(undefined),
    rebase: () => setEdit((old) => (old === undefined ? old : { ...old, version: stored.version })),
  };
}

/** What only the server knows: collections that are named, and rights that are missing. */
function useChecked(whole: JobDefinition | undefined): CheckedJob | undefined {
  const server = useServer();
  const [asked] = useDebouncedValue(whole === undefined ? undefined : textOf(whole), pauseMs);
  const { data } = useQuery({
    queryKey: [...keys.jobs, "check", asked],
    queryFn: ({ signal }) => server.jobs.check({ body: { text: asked ?? "" }, signal }),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  return data;
}

/** As YAML; undefined for what cannot be written as a definition is. */
function written(draft: Draft): string | undefined {
  return typeof draft === "object" && draft !== null && !Array.isArray(draft)
    ? // textOf writes any table of keys; what it lacks of a definition is said as problems.
      textOf(draft as JobDefinition)
    : undefined;
}

function hindranceOf(draft: Draft, unreadable: number): string | undefined {
  if (unreadable > 0) return "The text cannot be read as YAML";
  const steps: unknown = typeof draft === "object" && draft !== null ? Reflect.get(draft, "steps") : undefined;
  if (steps !== undefined && !Array.isArray(steps)) return "steps is no list";
  return draft === null || typeof draft !== "object" || Array.isArray(draft)
    ? "The text is no table of keys"
    : undefined;
}
