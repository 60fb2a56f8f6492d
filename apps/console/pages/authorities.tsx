import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Authority } from "@vigil/api/resources/authorities.ts";
import { countOf } from "../ages.ts";
import { Waiting } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { PlainTable } from "../parts/plain-table.tsx";
import { authoritiesQuery } from "../queries.ts";
import { useServer } from "../server.ts";
import { Page } from "../shell/page.tsx";
import { AuthorityDialog } from "./authority-dialog.tsx";
import { NewAuthority } from "./authority-new.tsx";

const stateWords = {
  draft: "Draft",
  waiting: "Waiting for signature",
  ready: "Ready",
  "in-use": "In use",
  retired: "Retired",
} as const;
const kindWords = { own: "Vigil's own", outside: "Company's" } as const;

/** Who issues the certificates by which devices prove who they are. Setup certificates are another thing, and have another page. */
export function AuthoritiesPage() {
  const [isMaking, setMaking] = useState(false);
  return (
    <Page
      title="Authorities"
      actions={
        <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setMaking(true)}>
          Add authority
        </Button>
      }
    >
      <div className="stack">
        <p className="dim">
          An authority issues the TLS certificates of devices that are set up. One is in use; when another one is,
          devices move to it in waves, and none is cut off. What opens devices in factory state are setup certificates,
          on a page of their own.
        </p>
        <List />
      </div>
      <NewAuthority isOpen={isMaking} onClose={() => setMaking(false)} />
    </Page>
  );
}

function List() {
  const { data, error } = useQuery(authoritiesQuery(useServer()));
  const [shown, setShown] = useState<string>();
  return (
    <section className="panel">
      <h2>Authorities of the devices&#39; certificates</h2>
      {data === undefined ? error === null ? <Waiting rows={2} /> : <Failure error={error} /> : null}
      {data === undefined ? null : (
        <PlainTable
          label="Authorities"
          rows={data.items}
          keyOf={({ id }) => id}
          columns={[
            {
              title: "Name",
              cell: ({ id, name }) => (
                <button type="button" className="link" onClick={() => setShown(id)}>
                  {name}
                </button>
              ),
            },
            { title: "Kind", width: "110px", cell: ({ kind }) => kindWords[kind] },
            { title: "State", width: "170px", cell: ({ state }) => <State state={state} /> },
            { title: "Devices", width: "90px", isNumber: true, cell: ({ devices }) => countOf(devices) },
            { title: "Root", cell: ({ rootSubject }) => rootSubject ?? <span className="dim">—</span> },
            { title: "Ends", width: "200px", cell: (one) => <End authority={one} /> },
            { title: "To do", cell: ({ attention }) => <span title={attention}>{attention}</span> },
          ]}
        />
      )}
      <AuthorityDialog id={shown} onClose={() => setShown(undefined)} />
    </section>
  );
}

function State({ state }: Pick<Authority, "state">) {
  if (state === "in-use") return <strong className="good">{stateWords[state]}</strong>;
  return <span className={state === "waiting" ? "warn" : undefined}>{stateWords[state]}</span>;
}

/** Louder from 90, 30 and 7 days on. */
function End({ authority: { expiresAt, daysLeft } }: { readonly authority: Authority }) {
  if (expiresAt === null || daysLeft === null) return <span className="dim">—</span>;
  const day = expiresAt.slice(0, 10);
  if (daysLeft >= 90) return day;
  if (daysLeft < 0) return <strong className="bad">Ended {day}</strong>;
  const text = `${day}, ${daysLeft} days left`;
  return daysLeft < 7 ? (
    <strong className="bad">{text}</strong>
  ) : (
    <span className={daysLeft < 30 ? "bad" : "warn"}>{text}</span>
  );
}
