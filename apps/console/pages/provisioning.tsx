import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ProvisioningEntry } from "@vigil/api/resources/provisioning.ts";
import { countOf } from "../ages.ts";
import { Empty, Waiting } from "../parts/empty.tsx";
import { Failure, ShortFailure } from "../parts/failure.tsx";
import { Age } from "../parts/now.tsx";
import { PlainTable } from "../parts/plain-table.tsx";
import { setupMethodNames } from "../parts/setup-method.ts";
import { DeviceStateMark } from "../parts/states.tsx";
import { keys, provisioningQuery } from "../queries.ts";
import { useServer } from "../server.ts";
import { Page } from "../shell/page.tsx";
import { HelloLeft } from "./device-hellos.tsx";
import { DelayedProvisioning } from "./provisioning-delayed.tsx";
import { FailureCatalogue } from "./provisioning-failures.tsx";
import { Sites } from "./provisioning-sites.tsx";
import { HeldNotice, HoldButton, WaitsFor } from "./provisioning-queue.tsx";

/** From first sight to provisioned: what is under way, what failed and why. */
export function ProvisioningPage() {
  const server = useServer();
  const { data, error, refetch } = useQuery(provisioningQuery(server, undefined));
  return (
    <Page title="Provisioning" actions={data === undefined ? null : <HoldButton isHeld={data.isHeld} />}>
      {data === undefined ? (
        error === null ? (
          <Waiting />
        ) : (
          <Failure error={error} onRetry={() => void refetch()} />
        )
      ) : null}
      {data === undefined ? null : (
        <div className="stack">
          {data.isHeld ? <HeldNotice running={data.counts.running} atHold={data.runningAtHold} /> : null}
          <section className="figures" aria-label="Figures">
            {(["waiting", "running", "failed", "done"] as const).map((name) => (
              <div
                key={name}
                className="figure"
                data-tone={name === "failed" && data.counts.failed > 0 ? "bad" : "plain"}
              >
                <span className="figure-value">{countOf(data.counts[name])}</span>
                <span className="figure-title">{name}</span>
              </div>
            ))}
          </section>
          {data.items.length === 0 ? (
            <Empty title="Nothing is under way">
              Devices in factory state say hello to port 9971 and appear here.{" "}
              <Link to="/">The provisioned ones are in the fleet.</Link>
            </Empty>
          ) : (
            <Entries entries={data.items} />
          )}
          <FailureCatalogue />
          <DelayedProvisioning />
          <Sites />
          <Refused refused={data.refused} />
        </div>
      )}
    </Page>
  );
}

const marks = { waiting: "factory", running: "provisioning", failed: "failed", done: "provisioned" } as const;

function Entries({ entries }: { readonly entries: readonly ProvisioningEntry[] }) {
  return (
    <PlainTable
      label="Devices under way"
      rows={entries}
      keyOf={({ uuid }) => uuid}
      columns={[
        {
          title: "Device",
          width: "120px",
          cell: ({ uuid, address }) => (
            <Link to="/devices/$id" params={{ id: uuid }} className="mono" title={uuid}>
              {address}
            </Link>
          ),
        },
        {
          title: "State",
          width: "140px",
          cell: ({ state, step }) => <DeviceStateMark state={marks[state]} step={step} />,
        },
        { title: "Method", width: "130px", cell: ({ method }) => setupMethodNames[method] },
        { title: "Waits for", width: "160px", cell: (entry) => <WaitsFor entry={entry} /> },
        {
          title: "Hellos left",
          width: "92px",
          cell: ({ helloClosesAt }) => <HelloLeft closesAt={helloClosesAt} />,
        },
        { title: "Tries", width: "52px", isNumber: true, cell: ({ attempts }) => attempts },
        { title: "Why", cell: ({ error }) => (error === null ? null : <ShortFailure report={error} />) },
        { title: "Changed", width: "84px", cell: ({ updatedAt }) => <Age at={updatedAt} /> },
        { title: "Actions", width: "126px", cell: (entry) => <Again entry={entry} /> },
      ]}
    />
  );
}

function Again({ entry }: { readonly entry: ProvisioningEntry }) {
  const server = useServer();
  const cache = useQueryClient();
  const again = useMutation({
    mutationFn: () => server.devices.provision({ params: { id: entry.uuid } }),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.provisioning }),
  });
  if (entry.state !== "failed") return null;
  return (
    <Button variant="default" size="compact-xs" loading={again.isPending} onClick={() => again.mutate()}>
      Provision again
    </Button>
  );
}

function Refused({ refused }: { readonly refused: Readonly<Record<string, number>> }) {
  const all = Object.entries(refused);
  if (all.length === 0) return null;
  return (
    <section className="panel">
      <h2>Hellos refused since the server started</h2>
      <ul className="padded">
        {all.map(([code, count]) => (
          <li key={code}>
            <code className="code">{code}</code> {countOf(count)}
          </li>
        ))}
      </ul>
    </section>
  );
}
