import { createContext, useContext } from "react";
import type { SettingProblem } from "@vigil/api/resources/profile-check.ts";
import type { Profile, ProfileRemark } from "@vigil/api/resources/profiles.ts";
import { at, isSame, withValue, type Draft, type Path } from "./draft.ts";

/** What every field of the form stands on. */
export interface ProfileForm {
  readonly name: string;
  /** The settings that the draft was made from. */
  readonly base: Draft;
  readonly draft: Draft;
  readonly onDraft: (next: Draft) => void;
  readonly problems: readonly SettingProblem[];
  readonly remarks: readonly ProfileRemark[];
  readonly secrets: Profile["secrets"];
}

export const FormContext = createContext<ProfileForm | null>(null);

export function useForm(): ProfileForm {
  const form = useContext(FormContext);
  if (form === null) throw new Error("no form is provided");
  return form;
}

/** One setting of the form. */
export interface Field {
  readonly value: unknown;
  /** Otherwise than in the stored version. */
  readonly isChanged: boolean;
  /** The first thing wrong with it, itself alone. */
  readonly problem: SettingProblem | undefined;
  readonly set: (value: unknown) => void;
}

export function useField(path: Path): Field {
  const { base, draft, onDraft, problems } = useForm();
  const value = at(draft, path);
  return {
    value,
    isChanged: !isSame(value, at(base, path)),
    problem: problems.find((one) => one.path.join("/") === path.join("/")),
    set: (next) => onDraft(withValue(draft, path, next)),
  };
}

/** What is to be said where this setting stands. Remarks about entries of a list stand at the list. */
export function remarksAt(remarks: readonly ProfileRemark[], path: Path): ProfileRemark[] {
  return remarks.filter(({ setting }) => setting === path.join("."));
}

/** Problems and remarks of everything below `section`. */
export function troubleIn(form: Pick<ProfileForm, "problems" | "remarks">, section: string) {
  const own = form.remarks.filter(({ setting }) => setting === section || setting.startsWith(`${section}.`));
  const isRefused = own.some(({ weight, devices }) => weight === "refused" && devices === undefined);
  const problems = form.problems.filter(({ path }) => path[0] === section).length;
  return { problems, isWrong: problems > 0 || isRefused, remarks: own.length };
}

/** An element's id, by which labels, links and tests find it. */
export function idOf(path: Path): string {
  return `setting-${path.join("-")}`;
}
