import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Device } from "@vigil/api/resources/devices.ts";
import { Empty, Waiting } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { Facts } from "../parts/facts.tsx";
import { Age } from "../parts/now.tsx";
import { OperationDialog, type Intent } from "../parts/operation-dialog.tsx";
import { PlainTable } from "../parts/plain-table.tsx";
import { driftQuery, keys, profilesQuery } from "../queries.ts";
import { useServer } from "../server.ts";
import { intentFor } from "./fleet-actions.tsx";
import { titleOf } from "./profiles/named-change.ts";

/** Which profile the device has, and in what it differs from it. */
export function DeviceProfile({ device }: { readonly device: Device }) {
  const server = useServer();
  const cache = useQueryClient();
  const [intent, setIntent] = useState<Intent>();
  const { data, error, refetch } = useQuery(driftQuery(server, device.uuid));
  const newest = useQuery(profilesQuery(server)).data?.items.find(({ name }) => name === device.profile)?.version;
  const compare = useMutation({
    mutationFn: () => server.drift.look({ params: { id: device.uuid } }),
    onSuccess: (drift) => cache.setQueryData(keys.drift(device.uuid), { drift }),
  });
  if (device.profile === null) return <Empty title="No profile yet">It gets one when it is provisioned.</Empty>;
  if (data === undefined)
    return error === null ? <Waiting /> : <Failure error={error} onRetry={() => void refetch()} />;
  const isOurs = device.state === "provisioned";
  const why = isOurs ? undefined : "Only provisioned devices can be asked";
  const { drift } = data;
  return (
    <section className="panel">
      <div className="toolbar">
        <Button
          variant="default"
          disabled={!isOurs}
          title={why}
          loading={compare.isPending}
          onClick={() => compare.mutate()}
        >
          Compare now
        </Button>
        <Button disabled={!isOurs} title={why} onClick={() => setIntent(intentFor("profile.apply", [device]))}>
          Apply profile
        </Button>
      </div>
      <div className="padded">
        <Facts
          facts={[
            [
              "Profile",
              <Link key="profile" to="/profiles/$name" params={{ name: device.profile }}>
                {device.profile}
              </Link>,
            ],
            [
              "Version",
              device.profileVersion === null ? null : <Version has={device.profileVersion} newest={newest} />,
            ],
            ["Compared", <Age key="compared" at={drift?.lookedAt ?? null} />],
          ]}
        />
      </div>
      {compare.isError ? <Failure error={compare.error} /> : null}
      {drift === null ? (
        <Empty title="Not compared yet">Compare now reads the device and changes nothing on it.</Empty>
      ) : drift.differences.length === 0 ? (
        <Empty title="As its profile says">Nothing differed from version {drift.version}.</Empty>
      ) : (
        <PlainTable
          label="Differences"
          rows={drift.differences}
          keyOf={({ setting }) => setting}
          columns={[
            { title: "Setting", cell: ({ setting }) => <span title={setting}>{titleOf(setting)}</span> },
            { title: "Found", cell: ({ found }) => <span title={found}>{found}</span> },
            { title: "Wanted", cell: ({ wanted }) => <span title={wanted}>{wanted}</span> },
          ]}
        />
      )}
      <OperationDialog intent={intent} onClose={() => setIntent(undefined)} />
    </section>
  );
}

function Version({ has, newest }: { readonly has: number; readonly newest: number | undefined }) {
  if (newest === undefined || newest === has) return <span>{has}</span>;
  return <span className="warn">{`${has}; the newest is ${newest}`}</span>;
}
