import { Button, PasswordInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { isProfileSettings } from "@vigil/api/resources/profile-check.ts";
import { secretsOf } from "@vigil/api/resources/profile-secrets.ts";
import { Failure } from "../../parts/failure.tsx";
import { Age } from "../../parts/now.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import type { Draft, Path } from "./draft.ts";
import { useForm } from "./form.ts";

/** The secrets that belong to the setting at this place. They are written, and never read back. */
export function SecretsAt({ path }: { readonly path: Path }) {
  const { draft, secrets } = useForm();
  const names = namesAt(draft, path);
  return names.map((name) => <SecretField key={name} name={name} stored={secrets.find((one) => one.name === name)} />);
}

interface SecretFieldProps {
  readonly name: string;
  /** As the stored settings call for it; undefined when they do not yet. */
  readonly stored: { readonly isSet: boolean; readonly changedAt: string | null } | undefined;
}

function SecretField({ name, stored }: SecretFieldProps) {
  const server = useServer();
  const cache = useQueryClient();
  const { name: profile } = useForm();
  const [value, setValue] = useState("");
  const set = useMutation({
    mutationFn: () => server.profiles.setSecret({ params: { name: profile }, body: { secret: name, value } }),
    onSuccess: async (fresh) => {
      setValue("");
      cache.setQueryData(keys.profile(profile), fresh);
      await cache.invalidateQueries({ queryKey: keys.profiles });
    },
  });
  const label = (
    <>
      Secret <code className="code">{name}</code>{" "}
      {stored === undefined ? null : stored.isSet ? (
        <span className="good">
          set <Age at={stored.changedAt} />
        </span>
      ) : (
        <strong className="warn">not set</strong>
      )}
    </>
  );
  if (stored === undefined) {
    return <p className="setting-secret dim">{label} Save this version first; then its value can be set here.</p>;
  }
  return (
    <div className="setting-secret">
      <PasswordInput
        label={label}
        value={value}
        maxLength={256}
        autoComplete="new-password"
        placeholder={stored.isSet ? "A new value replaces it" : "Write it here; it is never shown again"}
        onChange={({ currentTarget }) => setValue(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || value === "") return;
          event.preventDefault();
          set.mutate();
        }}
      />
      <Button variant="default" disabled={value === ""} loading={set.isPending} onClick={() => set.mutate()}>
        Set secret
      </Button>
      {set.isError ? <Failure error={set.error} /> : null}
    </div>
  );
}

/** Names of the secrets that a draft calls for, and whose setting stands at this path. */
function namesAt(draft: Draft, path: Path): string[] {
  if (!isProfileSettings(draft)) return [];
  const { wifiProfiles } = draft.network;
  const place = (name: string): string => {
    const [kind = "", ...rest] = name.split("/");
    const own = rest.join("/");
    if (kind === "admin-password") return "adminPassword.kind";
    if (kind === "server")
      return `remoteAccess.servers.${draft.remoteAccess.servers.findIndex(({ host }) => host === own)}`;
    if (name === "8021x/wired" && draft.network.wired8021x !== null) return "network.wired8021x";
    return `network.wifiProfiles.${wifiProfiles.findIndex((one) => one.name === own)}`;
  };
  return secretsOf(draft).filter((name) => place(name) === path.join("."));
}
