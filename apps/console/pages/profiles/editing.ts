import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { isProfileSettings, problemsIn } from "@vigil/api/resources/profile-check.ts";
import type { ProfileSettings } from "@vigil/api/resources/profile-settings.ts";
import type { Profile } from "@vigil/api/resources/profiles.ts";
import { remarksQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { isSame, merged, type Draft } from "./draft.ts";
import type { ProfileForm } from "./form.ts";

/** A change that is not stored yet, and the version that it is made from. */
interface Edit {
  readonly version: number;
  readonly base: ProfileSettings;
  readonly draft: Draft;
}

/** How somebody's change of a profile stands. */
export interface Editing {
  readonly form: ProfileForm;
  readonly isDirty: boolean;
  /** The settings to store; undefined while the declaration refuses the draft. */
  readonly whole: ProfileSettings | undefined;
  /** Some remark says that nobody could have these settings. */
  readonly isRefused: boolean;
  readonly basedOn: number;
  /** Somebody else has stored a newer version than the draft was made from. */
  readonly isStale: boolean;
  readonly discard: () => void;
  /** Puts the draft on top of the newest version. */
  readonly rebase: () => void;
}

/** Chosen: an operator's pause, not each letter. */
const pauseMs = 300;

/** Holds the draft while somebody edits, and follows the newest version while nobody does. */
export function useEditing(profile: Profile): Editing {
  const [edit, setEdit] = useState<Edit>();
  const {
    version: basedOn,
    base,
    draft,
  } = edit ?? {
    version: profile.version,
    base: profile.settings,
    draft: profile.settings,
  };
  const problems = useMemo(() => problemsIn(draft), [draft]);
  const whole = isProfileSettings(draft) ? draft : undefined;
  const [asked] = useDebouncedValue(whole ?? profile.settings, pauseMs);
  const { data } = useQuery(remarksQuery(useServer(), profile.name, asked));
  const remarks = data?.remarks ?? profile.remarks;
  return {
    form: {
      name: profile.name,
      base,
      draft,
      onDraft: (next) => setEdit(isSame(next, base) ? undefined : { version: basedOn, base, draft: next }),
      problems,
      remarks,
      secrets: profile.secrets,
    },
    isDirty: edit !== undefined,
    whole,
    isRefused: remarks.some(({ weight, devices }) => weight === "refused" && devices === undefined),
    basedOn,
    isStale: profile.version > basedOn,
    discard: () => setEdit(undefined),
    rebase: () => {
      const next = merged(base, draft, profile.settings).draft;
      setEdit(
        isSame(next, profile.settings) ? undefined : { version: profile.version, base: profile.settings, draft: next },
      );
    },
  };
}
