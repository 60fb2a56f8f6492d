import { Button, Group, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Profile } from "@vigil/api/resources/profiles.ts";
import { countOf } from "../../ages.ts";
import { Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { LeaveDialog } from "../../parts/leave-dialog.tsx";
import { Age } from "../../parts/now.tsx";
import { profileQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { profileSearch, type ProfileSearch } from "../searches.ts";
import { ApplyButton } from "./apply-button.tsx";
import { Conflict } from "./conflict.tsx";
import { DefaultProfileDialog, DeleteProfileDialog, NewProfileDialog } from "./dialogs.tsx";
import { useEditing } from "./editing.ts";
import { Editor } from "./editor.tsx";
import { SaveBar } from "./save-bar.tsx";
import { Versions } from "./versions.tsx";

/** One profile: what it says, who changed it, and how many devices do not have it yet. */
export function ProfilePage() {
  const { name = "" } = useParams({ strict: false });
  const { data: profile, error, refetch } = useQuery(profileQuery(useServer(), name));
  return (
    <Page
      title={name}
      above={{ to: "/profiles", title: "Profiles" }}
      actions={profile === undefined ? null : <Actions profile={profile} />}
    >
      {profile === undefined ? (
        error === null ? (
          <Waiting rows={12} />
        ) : (
          <Failure error={error} onRetry={() => void refetch()} />
        )
      ) : (
        // A draft belongs to one profile.
        <Body key={name} profile={profile} />
      )}
    </Page>
  );
}

function Body({ profile }: { readonly profile: Profile }) {
  const { view } = profileSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const editing = useEditing(profile);
  const show = (search: ProfileSearch): void =>
    void navigate({ to: "/profiles/$name", params: { name: profile.name }, search, replace: true });
  return (
    <>
      <Figures profile={profile} />
      <div className="toolbar" role="group" aria-label="Parts of the profile">
        <button type="button" className="chip" aria-pressed={view === undefined} onClick={() => show({})}>
          Settings
        </button>
        <button
          type="button"
          className="chip"
          aria-pressed={view === "versions"}
          onClick={() => show({ view: "versions" })}
        >
          Versions
        </button>
        <span className="dim toolbar-count">
          Version {profile.version}, <Age at={profile.changedAt} /> by {profile.changedBy}
          {profile.note === null ? "" : `: ${profile.note}`}
        </span>
      </div>
      {editing.isDirty && editing.isStale ? <Conflict profile={profile} editing={editing} /> : null}
      {view === "versions" ? <Versions profile={profile} /> : <Editor form={editing.form} />}
      {editing.isDirty ? <SaveBar profile={profile} editing={editing} /> : null}
      <LeaveDialog isDirty={editing.isDirty} discard={editing.discard} what="this profile" />
    </>
  );
}

/** What stands about its devices and secrets; each leads to where one can look. */
function Figures({ profile }: { readonly profile: Profile }) {
  const { name, version, devices, outdated, secrets, remarks } = profile;
  const missing = secrets.filter(({ isSet }) => !isSet);
  return (
    <section className="figures" aria-label="Figures">
      <Link to="/" search={{ profile: name }} className="figure">
        <span className="figure-value">{countOf(devices)}</span>
        <span className="figure-title">Devices</span>
      </Link>
      <Link to="/" search={{ profile: name, profileBefore: version }} className="figure">
        <span className="figure-value">{countOf(outdated)}</span>
        <span className="figure-title">On older versions</span>
      </Link>
      <div className="figure" data-tone={missing.length > 0 ? "bad" : "quiet"}>
        <span className="figure-value">{missing.length}</span>
        <span className="figure-title clip" title={missing.map((one) => one.name).join(", ")}>
          {missing.length === 0 ? "Secrets not set" : `Secrets not set: ${missing.map((one) => one.name).join(", ")}`}
        </span>
      </div>
      <div className="figure">
        <span className="figure-value">{remarks.length}</span>
        <span className="figure-title">Remarks on version {version}</span>
      </div>
    </section>
  );
}

function Actions({ profile }: { readonly profile: Profile }) {
  const [shown, setShown] = useState<"copy" | "default" | "delete">();
  const close = (): void => setShown(undefined);
  return (
    <Group gap={8}>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px={8} aria-label="More for this profile">
            <IconDots size={14} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setShown("copy")}>Duplicate profile</Menu.Item>
          <Menu.Item onClick={() => setShown("default")} disabled={profile.isDefault}>
            {profile.isDefault ? "Is the default" : "Make it the default"}
          </Menu.Item>
          <Menu.Item onClick={() => setShown("delete")}>Delete profile</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ApplyButton profile={profile} />
      <NewProfileDialog isOpen={shown === "copy"} source={profile} onClose={close} />
      <DefaultProfileDialog isOpen={shown === "default"} profile={profile} onClose={close} />
      <DeleteProfileDialog isOpen={shown === "delete"} profile={profile} onClose={close} />
    </Group>
  );
}
