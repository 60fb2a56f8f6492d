import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Profile } from "@vigil/api/resources/profiles.ts";
import { Empty, Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { profileDiffQuery, profileVersionsQuery } from "../../queries.ts";
import { VersionList } from "../../parts/version-list.tsx";
import { useServer } from "../../server.ts";
import { profileSearch } from "../searches.ts";
import { ChangesTable } from "./changes-table.tsx";
import { RollBackDialog } from "./dialogs.tsx";

/** Every version of a profile, and what differs between any two. */
export function Versions({ profile }: { readonly profile: Profile }) {
  const { name, version: newest } = profile;
  const server = useServer();
  const navigate = useNavigate();
  const { from = Math.max(1, newest - 1), to = newest } = profileSearch(useSearch({ strict: false }));
  const { data, error, refetch } = useQuery(profileVersionsQuery(server, name));
  const [backTo, setBackTo] = useState<number>();
  const compare = (one: number, other: number): void =>
    void navigate({
      to: "/profiles/$name",
      params: { name },
      search: { view: "versions", from: one, to: other },
      replace: true,
    });
  if (data === undefined) {
    return error === null ? <Waiting /> : <Failure error={error} onRetry={() => void refetch()} />;
  }
  const choices = data.items.map(({ version }) => ({ value: String(version), label: `Version ${version}` }));
  return (
    <div className="stack">
      <section className="panel">
        <h2>What differs</h2>
        <div className="toolbar">
          <NativeSelect
            size="xs"
            aria-label="From version"
            data={choices}
            value={String(from)}
            onChange={({ currentTarget }) => compare(Number(currentTarget.value), to)}
          />
          <span className="dim">to</span>
          <NativeSelect
            size="xs"
            aria-label="To version"
            data={choices}
            value={String(to)}
            onChange={({ currentTarget }) => compare(from, Number(currentTarget.value))}
          />
        </div>
        <Diff name={name} from={from} to={to} />
      </section>
      <section className="panel">
        <h2>Versions</h2>
        <VersionList
          versions={data.items}
          newest={newest}
          commentOf={({ note }) => note}
          onCompare={({ version }) => compare(version, newest)}
          onBack={({ version }) => setBackTo(version)}
        />
      </section>
      <RollBackDialog profile={profile} to={backTo} onClose={() => setBackTo(undefined)} />
    </div>
  );
}

function Diff({ name, from, to }: { readonly name: string; readonly from: number; readonly to: number }) {
  const { data, error, refetch } = useQuery(profileDiffQuery(useServer(), name, from, to));
  if (data === undefined) {
    return error === null ? <Waiting rows={3} /> : <Failure error={error} onRetry={() => void refetch()} />;
  }
  if (data.changes.length === 0) {
    return <Empty title="Nothing differs">{from === to ? "Choose two versions." : "They say the same."}</Empty>;
  }
  return (
    <ChangesTable label="What differs" changes={data.changes} before={`Version ${from}`} after={`Version ${to}`} />
  );
}
