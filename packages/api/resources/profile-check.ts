import { Check, Errors } from "typebox/value";
import { ProfileSettings } from "./profile-settings.ts";

/** What is wrong with one setting of a draft. */
export interface SettingProblem {
  /** Where: "general", "idleMinutes"; entries of lists by their number. */
  readonly path: readonly string[];
  /** Which rule of the declaration is broken. */
  readonly rule: string;
  /** Its limit or pattern, where it has one. */
  readonly limit: string | undefined;
}

/** Whether a draft is whole: what the server would take, contradictions aside. */
export function isProfileSettings(draft: unknown): draft is ProfileSettings {
  return Check(ProfileSettings, draft);
}

/** What the declaration says against a draft, without asking the server. */
export function problemsIn(draft: unknown): SettingProblem[] {
  return Errors(ProfileSettings, draft)
    .filter(({ keyword, params }) => keyword !== "anyOf" && !("type" in params && params.type === "null"))
    .map(({ keyword, instancePath, params }) => ({
      path: instancePath.split("/").slice(1),
      rule: keyword,
      limit: "limit" in params ? String(params.limit) : "pattern" in params ? String(params.pattern) : undefined,
    }));
}
