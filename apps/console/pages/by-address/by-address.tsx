import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { Age } from "../../parts/now.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { visitsQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { visitSearch } from "../searches.ts";
import { OpenByAddress } from "./open-by-address.tsx";
import { VisitPage } from "./visit.tsx";

/** A device that is managed by its address, without the registry: opened for the occasion, adopted or left without a trace. */
export function ByAddressPage() {
  const { visit } = visitSearch(useSearch({ strict: false }));
  return visit === undefined ? <Start /> : <VisitPage id={visit} />;
}

function Start() {
  const { data } = useQuery(visitsQuery(useServer()));
  const open = data?.items ?? [];
  return (
    <Page title="By address">
      <div className="stack">
        <OpenByAddress />
        {open.length === 0 ? null : (
          <section className="panel">
            <h2>Open now</h2>
            <PlainTable
              label="Open visits"
              rows={open}
              keyOf={({ id }) => id}
              columns={[
                {
                  title: "Address",
                  cell: ({ id, host }) => (
                    <Link to="/by-address" search={{ visit: id }} className="mono">
                      {host}
                    </Link>
                  ),
                },
                { title: "Device", cell: ({ device }) => device.hostName },
                { title: "As", width: "120px", cell: ({ username }) => username },
                { title: "Opened", width: "120px", cell: ({ openedAt }) => <Age at={openedAt} /> },
              ]}
            />
          </section>
        )}
      </div>
    </Page>
  );
}
