import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Profile } from "@vigil/api/resources/profiles.ts";
import { devicesOf } from "../../ages.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { keys, profileDiffQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { ChangesTable } from "./changes-table.tsx";

interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** A profile of its own with the settings of another; secrets are not copied, since nobody can read them. */
export function NewProfileDialog({ isOpen, source, onClose }: DialogProps & { readonly source: Profile }) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="New profile">
      <NewProfile source={source} onClose={onClose} />
    </Modal>
  );
}

function NewProfile({ source, onClose }: { readonly source: Profile; readonly onClose: () => void }) {
  const server = useServer();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const create = useMutation({
    mutationFn: () =>
      server.profiles.create({
        body: {
          name: name.trim(),
          settings: source.settings,
          note: `Copy of ${source.name}, version ${source.version}`,
        },
      }),
    onSuccess: async (fresh) => {
      await cache.invalidateQueries({ queryKey: keys.profiles });
      onClose();
      await navigate({ to: "/profiles/$name", params: { name: fresh.name } });
    },
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <p>
        It begins with the settings of <strong>{source.name}</strong>, version {source.version}.
        {source.secrets.length === 0 ? "" : " Its secrets have to be set anew: nobody can read the old ones."}
      </p>
      <TextInput
        label="Name"
        value={name}
        maxLength={60}
        error={name.includes("/") ? "No slash" : undefined}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        data-autofocus
      />
      {create.isError ? <Failure error={create.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button type="submit" loading={create.isPending} disabled={name.trim() === "" || name.includes("/")}>
          Make profile
        </Button>
      </DialogButtons>
    </form>
  );
}

export function DeleteProfileDialog({ isOpen, profile, onClose }: DialogProps & { readonly profile: Profile }) {
  const server = useServer();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const { name, isDefault, devices } = profile;
  const remove = useMutation({
    mutationFn: () => server.profiles.remove({ params: { name } }),
    onSuccess: async () => {
      onClose();
      await navigate({ to: "/profiles" });
      cache.removeQueries({ queryKey: keys.profile(name) });
      await cache.invalidateQueries({ queryKey: keys.profiles });
    },
  });
  const why = isDefault
    ? "It is the default: make another one the default first."
    : devices > 0
      ? `${devicesOf(devices)} ${devices === 1 ? "has" : "have"} it: give them another profile first.`
      : undefined;
  return (
    <Modal opened={isOpen} onClose={onClose} title="Delete the profile">
      <div className="form">
        <p className="question">
          <strong>{name}</strong> with its {profile.version} {profile.version === 1 ? "version" : "versions"} and its
          secrets is deleted. No device is changed by it.
        </p>
        {why === undefined ? null : <p className="warn">{why}</p>}
        {remove.isError ? <Failure error={remove.error} /> : null}
        <DialogButtons onClose={onClose}>
          <Button
            color="red"
            loading={remove.isPending}
            disabled={why !== undefined}
            title={why}
            onClick={() => remove.mutate()}
          >
            Delete profile
          </Button>
        </DialogButtons>
      </div>
    </Modal>
  );
}

export function DefaultProfileDialog({
  isOpen,
  profile: { name },
  onClose,
}: DialogProps & { readonly profile: Profile }) {
  const server = useServer();
  const cache = useQueryClient();
  const make = useMutation({
    mutationFn: () => server.profiles.makeDefault({ params: { name } }),
    onSuccess: async (fresh) => {
      cache.setQueryData(keys.profile(name), fresh);
      await cache.invalidateQueries({ queryKey: keys.profiles });
      onClose();
    },
  });
  return (
    <Modal opened={isOpen} onClose={onClose} title="Make it the default">
      <div className="form">
        <p className="question">
          Devices that are set up from now on, and that nothing else gives a profile, get <strong>{name}</strong>.
          Devices that have a profile keep it.
        </p>
        {make.isError ? <Failure error={make.error} /> : null}
        <DialogButtons onClose={onClose}>
          <Button loading={make.isPending} onClick={() => make.mutate()} data-autofocus>
            Make it the default
          </Button>
        </DialogButtons>
      </div>
    </Modal>
  );
}

interface RollBackProps {
  readonly profile: Profile;
  /** The version to go back to; undefined while nobody has asked. */
  readonly to: number | undefined;
  readonly onClose: () => void;
}

/** Shows what going back changes before it is done; it is a new version, so it can be gone back on. */
export function RollBackDialog({ profile, to, onClose }: RollBackProps) {
  return (
    <Modal opened={to !== undefined} onClose={onClose} title={`Roll back to version ${to ?? ""}`} size="xl">
      {to === undefined ? null : <RollBack profile={profile} to={to} onClose={onClose} />}
    </Modal>
  );
}

function RollBack({ profile, to, onClose }: RollBackProps & { readonly to: number }) {
  const server = useServer();
  const cache = useQueryClient();
  const { name, version, devices } = profile;
  const [note, setNote] = useState("");
  const diff = useQuery(profileDiffQuery(server, name, version, to));
  const goBack = useMutation({
    mutationFn: () =>
      server.profiles.rollBack({
        params: { name },
        body: { to, ...(note.trim() === "" ? {} : { note: note.trim() }) },
      }),
    onSuccess: async (fresh) => {
      cache.setQueryData(keys.profile(name), fresh);
      await cache.invalidateQueries({ queryKey: keys.profiles });
      await cache.invalidateQueries({ queryKey: keys.profileHistory(name) });
      onClose();
    },
  });
  return (
    <div className="form">
      <p className="question">
        Version {version + 1} of <strong>{name}</strong> will say what version {to} says. {devicesOf(devices)} keep what
        they have until the profile is applied to them. Secrets stay as they are.
      </p>
      {diff.data === undefined ? (
        diff.error === null ? (
          <Waiting rows={3} />
        ) : (
          <Failure error={diff.error} />
        )
      ) : (
        <ChangesTable
          label="What going back changes"
          changes={diff.data.changes}
          before={`Version ${version}`}
          after={`Version ${version + 1}`}
        />
      )}
      <TextInput
        label="Comment"
        value={note}
        maxLength={500}
        placeholder={`Back to version ${to}`}
        onChange={({ currentTarget }) => setNote(currentTarget.value)}
        data-autofocus
      />
      {goBack.isError ? <Failure error={goBack.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button loading={goBack.isPending} onClick={() => goBack.mutate()}>
          Roll back to version {to}
        </Button>
      </DialogButtons>
    </div>
  );
}
