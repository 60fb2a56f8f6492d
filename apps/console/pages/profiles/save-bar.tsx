import { Modal } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changesBetween } from "@vigil/api/resources/profile-changes.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { Profile } from "@vigil/api/resources/profiles.ts";
import { countOf, devicesOf } from "../../ages.ts";
import { VersionBar } from "../../parts/version-bar.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { ChangesTable } from "./changes-table.tsx";
import type { Editing } from "./editing.ts";

/** How many settings are changed, why, and the button that makes a version of them. */
export function SaveBar({ profile, editing }: { readonly profile: Profile; readonly editing: Editing }) {
  const server = useServer();
  const cache = useQueryClient();
  const [note, setNote] = useState("");
  const [isShowing, setShowing] = useState(false);
  const { form, whole, basedOn, discard } = editing;
  const { name } = profile;
  const save = useMutation({
    mutationFn: (settings: NonNullable<typeof whole>) =>
      server.profiles.change({
        params: { name },
        body: { basedOn, settings, ...(note.trim() === "" ? {} : { note: note.trim() }) },
      }),
    onSuccess: async (fresh) => {
      cache.setQueryData(keys.profile(name), fresh);
      discard();
      setNote("");
      notifications.show({
        title: `Version ${fresh.version} of ${name} is stored`,
        message:
          fresh.outdated === 0
            ? "No device has an older one."
            : `${devicesOf(fresh.outdated)} ${fresh.outdated === 1 ? "has" : "have"} an older one until it is applied.`,
      });
      await cache.invalidateQueries({ queryKey: keys.profiles });
      await cache.invalidateQueries({ queryKey: keys.profileHistory(name) });
    },
    // The newest version, once it is there, shows the conflict by itself.
    onError: () => cache.invalidateQueries({ queryKey: keys.profile(name) }),
  });
  const changes = changesBetween(form.base, form.draft);
  const why = hindranceOf(editing);
  const isConflict = save.error instanceof VigilError && save.error.code === "profiles.version.stale";
  return (
    <>
      <VersionBar
        why={why}
        isWhole={whole !== undefined}
        standing={`made from version ${basedOn}`}
        basedOn={basedOn}
        comment={note}
        onComment={setNote}
        isPending={save.isPending}
        error={isConflict ? null : save.error}
        onDiscard={discard}
        onStore={() => whole !== undefined && save.mutate(whole)}
      >
        <button type="button" className="link" onClick={() => setShowing(true)}>
          {countOf(changes.length)} {changes.length === 1 ? "change" : "changes"}
        </button>
      </VersionBar>
      <Modal opened={isShowing} onClose={() => setShowing(false)} title="Not stored yet" size="xl">
        <ChangesTable label="Not stored yet" changes={changes} before={`Version ${basedOn}`} after="Draft" />
      </Modal>
    </>
  );
}

/** Why the draft cannot be stored as it is. */
function hindranceOf({ form, isStale, isRefused, whole }: Editing): string | undefined {
  if (isStale) return "Somebody else has stored a version: say first how to go on";
  const wrong = form.problems.length;
  if (wrong > 0 || whole === undefined) return `${wrong} ${wrong === 1 ? "field is" : "fields are"} wrong`;
  if (isRefused) return "The settings contradict one another";
  return undefined;
}
