import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Api } from "@vigil/api/api.ts";
import type { Request } from "@vigil/api/route.ts";
import { Empty, Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Age } from "../../parts/now.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { assignmentQuery, keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { DeviceChoice } from "./device-choice.tsx";
import { Trace } from "./trace.tsx";

type Body = NonNullable<Request<Api["assignments"]["explain"]>["body"]>;
type MadeUp = NonNullable<Body["evidence"]>;

const fields = [
  ["address", "Address", "10.2.3.4"],
  ["mac", "MAC address", "00:1e:67:aa:bb:cc"],
  ["serialNumber", "Serial number", "PF1234"],
  ["release", "Release", "16.1.25"],
  ["dnsSuffix", "DNS suffix", "branch.example.com"],
] as const satisfies readonly (readonly [keyof MadeUp, string, string])[];

/** Why a device would get what it would get: a known one, a made-up one, or a known one with other evidence. */
export function Explain({ device }: { readonly device: string | undefined }) {
  const server = useServer();
  const navigate = useNavigate();
  const [evidence, setEvidence] = useState<MadeUp>({});
  const explain = useMutation({
    mutationFn: () => server.assignments.explain({ body: { ...(device === undefined ? {} : { device }), evidence } }),
  });
  return (
    <div className="assignment-explain">
      <form
        className="form panel padded"
        aria-label="Evidence"
        onSubmit={(event) => {
          event.preventDefault();
          explain.mutate();
        }}
      >
        <DeviceChoice
          value={device}
          onChange={(id) =>
            void navigate({ to: "/assignment", search: { tab: "explain", ...(id === null ? {} : { device: id }) } })
          }
        />
        {fields.map(([field, label, placeholder]) => (
          <TextInput
            key={field}
            label={label}
            placeholder={placeholder}
            value={evidence[field] ?? ""}
            onChange={(event) => {
              const value = event.currentTarget.value;
              const others = Object.entries({ ...evidence, [field]: value }).filter(([, one]) => one !== "");
              setEvidence(Object.fromEntries(others));
            }}
          />
        ))}
        <Button type="submit" loading={explain.isPending}>
          Explain
        </Button>
      </form>
      <div className="assignment-answer">
        {explain.isError ? <Failure error={explain.error} onRetry={() => explain.mutate()} /> : null}
        {explain.data === undefined ? (
          device === undefined ? (
            <Empty title="Nothing asked yet">
              Choose a device, or make one up by what is known of it. Nothing is stored and no device is asked.
            </Empty>
          ) : (
            <Decided id={device} />
          )
        ) : (
          <section aria-label="What it would get now">
            <Trace explanation={explain.data} />
          </section>
        )}
      </div>
    </div>
  );
}

/** Chosen: as often as the live feed asks again. */
const nameAgeMs = 2_000;

/** What was decided for a device, and the names that it has had. */
function Decided({ id }: { readonly id: string }) {
  const server = useServer();
  const cache = useQueryClient();
  const { data, error, refetch } = useQuery({
    ...assignmentQuery(server, id),
    // A new name is written within seconds where the device answers.
    refetchInterval: ({ state }) => (state.data?.hostNames[0]?.writtenAt === null ? nameAgeMs : false),
  });
  const decide = useMutation({
    mutationFn: () => server.assignments.decide({ params: { id } }),
    onSuccess: async (assignment) => {
      cache.setQueryData(keys.assignment(id), assignment);
      // An answer from before it that is still on its way would take its place.
      await cache.invalidateQueries({ queryKey: keys.assignment(id) });
    },
  });
  if (data === undefined)
    return error === null ? <Waiting /> : <Failure error={error} onRetry={() => void refetch()} />;
  const { decision, decidedAt, hostNames } = data;
  return (
    <section aria-label="What was decided">
      <div className="toolbar">
        <span>
          {decidedAt === null ? (
            "Nothing was decided yet"
          ) : (
            <>
              Decided <Age at={decidedAt} />
            </>
          )}
        </span>
        <Button variant="default" loading={decide.isPending} onClick={() => decide.mutate()}>
          Decide anew
        </Button>
        <Link to="/devices/$id" params={{ id }}>
          The device
        </Link>
      </div>
      {decide.isError ? <Failure error={decide.error} /> : null}
      {decision === null ? (
        <Empty title="Nothing was decided yet">It is when the device is set up.</Empty>
      ) : (
        <Trace explanation={decision} />
      )}
      {hostNames.length === 0 ? null : (
        <PlainTable
          label="Names that it has had"
          rows={hostNames}
          keyOf={({ since, hostName }) => `${since} ${hostName}`}
          columns={[
            { title: "Name", cell: ({ hostName, domainName }) => `${hostName}.${domainName}` },
            { title: "Since", width: "130px", cell: ({ since }) => <Age at={since} /> },
            { title: "Until", width: "130px", cell: ({ until }) => (until === null ? "now" : <Age at={until} />) },
            {
              title: "On the device",
              width: "130px",
              cell: ({ writtenAt }) =>
                writtenAt === null ? <span className="warn">not yet</span> : <Age at={writtenAt} />,
            },
          ]}
        />
      )}
    </section>
  );
}
