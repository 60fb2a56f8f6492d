import { Button, Group } from "@mantine/core";
import { changesBetween } from "@vigil/api/resources/profile-changes.ts";
import type { Profile } from "@vigil/api/resources/profiles.ts";
import { Age } from "../../parts/now.tsx";
import { ChangesTable } from "./changes-table.tsx";
import { merged } from "./draft.ts";
import type { Editing } from "./editing.ts";

/** Somebody else was quicker: what they changed, what we did, and the two ways on. Nothing is lost until one is chosen. */
export function Conflict({ profile, editing }: { readonly profile: Profile; readonly editing: Editing }) {
  const { form, basedOn, rebase, discard } = editing;
  const { both } = merged(form.base, form.draft, profile.settings);
  const theirs = changesBetween(form.base, profile.settings);
  const ours = changesBetween(form.base, form.draft);
  return (
    <section className="panel profile-conflict" aria-label="Changed in the meantime" role="alert">
      <h2>
        Version {profile.version} was stored by {profile.changedBy} <Age at={profile.changedAt} />; your change is made
        from version {basedOn}
      </h2>
      <div className="profile-sides">
        <div>
          <h3>Theirs{profile.note === null ? "" : `: ${profile.note}`}</h3>
          <ChangesTable
            label="What they changed"
            changes={theirs}
            before={`Version ${basedOn}`}
            after={`Version ${profile.version}`}
            marked={both}
          />
        </div>
        <div>
          <h3>Yours, not stored yet</h3>
          <ChangesTable
            label="What you changed"
            changes={ours}
            before={`Version ${basedOn}`}
            after="Yours"
            marked={both}
          />
        </div>
      </div>
      <Group p="sm" gap={8}>
        <span className="dim">
          {both.length === 0
            ? "No setting is changed by both."
            : `${both.length} ${both.length === 1 ? "setting is" : "settings are"} changed by both: there yours would stand.`}
        </span>
        <Button variant="default" ml="auto" onClick={discard}>
          Discard mine
        </Button>
        <Button onClick={rebase}>Put mine on top of version {profile.version}</Button>
      </Group>
    </section>
  );
}
