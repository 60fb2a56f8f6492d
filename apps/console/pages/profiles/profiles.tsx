import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { Profile } from "@vigil/api/resources/profiles.ts";
import { countOf } from "../../ages.ts";
import { Empty, Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { useKeys } from "../../parts/keys.ts";
import { Age } from "../../parts/now.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { profilesQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { newSearch } from "../searches.ts";
import { NewProfileDialog } from "./dialogs.tsx";
import { Flags } from "./flags.tsx";

/** Desired configurations: how many devices have each, how many an older version, and what is unwise in it. */
export function ProfilesPage() {
  const { data, error, refetch } = useQuery(profilesQuery(useServer()));
  const navigate = useNavigate();
  const { new: isMaking = false } = newSearch(useSearch({ strict: false }));
  const setMaking = (isOpen: boolean): void =>
    void navigate({ to: "/profiles", search: isOpen ? { new: true } : {}, replace: true });
  useKeys({ n: () => setMaking(true) });
  const source = data?.items.find(({ isDefault }) => isDefault);
  return (
    <Page
      title="Profiles"
      actions={
        <Button
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setMaking(true)}
          disabled={source === undefined}
          title="n"
        >
          New profile
        </Button>
      }
    >
      {data === undefined ? (
        error === null ? (
          <Waiting />
        ) : (
          <Failure error={error} onRetry={() => void refetch()} />
        )
      ) : null}
      {data === undefined ? null : <List profiles={data.items} />}
      {source === undefined ? null : (
        <NewProfileDialog isOpen={isMaking} source={source} onClose={() => setMaking(false)} />
      )}
    </Page>
  );
}

function List({ profiles }: { readonly profiles: readonly Profile[] }) {
  if (profiles.length === 0) {
    return <Empty title="There is no profile">The server makes one when it starts; start it again.</Empty>;
  }
  return (
    <PlainTable
      label="Profiles"
      rows={profiles}
      keyOf={({ name }) => name}
      columns={[
        {
          title: "Name",
          cell: ({ name, isDefault }) => (
            <>
              <Link to="/profiles/$name" params={{ name }}>
                {name}
              </Link>
              {isDefault ? <span className="dim"> default</span> : null}
            </>
          ),
        },
        {
          title: "Version",
          width: "80px",
          isNumber: true,
          cell: ({ name, version }) => (
            <Link to="/profiles/$name" params={{ name }} search={{ view: "versions" }}>
              {version}
            </Link>
          ),
        },
        {
          title: "Devices",
          width: "90px",
          isNumber: true,
          cell: ({ name, devices }) => (
            <Link to="/" search={{ profile: name }}>
              {countOf(devices)}
            </Link>
          ),
        },
        {
          title: "On older versions",
          width: "130px",
          isNumber: true,
          cell: ({ name, version, outdated }) =>
            outdated === 0 ? (
              <span className="dim">0</span>
            ) : (
              <Link to="/" search={{ profile: name, profileBefore: version }} className="warn">
                {countOf(outdated)}
              </Link>
            ),
        },
        { title: "Flags", width: "340px", cell: (one) => <Flags profile={one} /> },
        {
          title: "Changed",
          width: "190px",
          cell: ({ changedAt, changedBy }) => (
            <>
              <Age at={changedAt} /> <span className="dim">by {changedBy}</span>
            </>
          ),
        },
      ]}
    />
  );
}
