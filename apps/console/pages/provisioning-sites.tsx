import { Button, NumberInput, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Site } from "@vigil/api/resources/provisioning.ts";
import { Failure } from "../parts/failure.tsx";
import { PlainTable } from "../parts/plain-table.tsx";
import { keys, sitesQuery } from "../queries.ts";
import { useServer } from "../server.ts";

/** Places with a limit of their own: how many devices there are set up at once, with which pause. */
export function Sites() {
  const { data } = useQuery(sitesQuery(useServer()));
  if (data === undefined) return null;
  return (
    <section className="panel" aria-label="Sites">
      <h2>Sites</h2>
      {data.items.length === 0 ? (
        <p className="padded dim">
          None. All devices keep to the lanes' own limits: 16 at once, and 32 that are tried again.
        </p>
      ) : (
        <PlainTable
          label="Sites"
          rows={data.items}
          keyOf={({ name }) => name}
          columns={[
            { title: "Site", width: "160px", cell: ({ name }) => name },
            { title: "Subnets", cell: ({ subnets }) => <span className="mono">{subnets.join(" ")}</span> },
            { title: "At once", width: "72px", isNumber: true, cell: ({ mostAtOnce }) => mostAtOnce },
            { title: "Pause", width: "72px", isNumber: true, cell: ({ pauseSeconds }) => `${pauseSeconds} s` },
            { title: "Waiting", width: "72px", isNumber: true, cell: ({ counts }) => counts.waiting },
            { title: "Running", width: "72px", isNumber: true, cell: ({ counts }) => counts.running },
            { title: "State", width: "72px", cell: ({ isHeld }) => (isHeld ? "held" : "open") },
            { title: "Actions", width: "170px", cell: (site) => <SiteActions site={site} /> },
          ]}
        />
      )}
      <NewSite />
    </section>
  );
}

function SiteActions({ site }: { readonly site: Site }) {
  const server = useServer();
  const cache = useQueryClient();
  const { name, subnets, mostAtOnce, pauseSeconds, isHeld } = site;
  const onSettled = () => cache.invalidateQueries({ queryKey: keys.provisioning });
  const params = { name };
  const hold = useMutation({
    mutationFn: () =>
      server.provisioning.putSite({ params, body: { subnets, mostAtOnce, pauseSeconds, isHeld: !isHeld } }),
    onSettled,
  });
  const remove = useMutation({ mutationFn: () => server.provisioning.removeSite({ params }), onSettled });
  return (
    <span className="cell-row">
      <Button variant="default" size="compact-xs" loading={hold.isPending} onClick={() => hold.mutate()}>
        {isHeld ? `Resume ${name}` : `Hold ${name}`}
      </Button>
      <Button variant="default" size="compact-xs" loading={remove.isPending} onClick={() => remove.mutate()}>
        Remove
      </Button>
    </span>
  );
}

function NewSite() {
  const server = useServer();
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const [subnets, setSubnets] = useState("");
  const [mostAtOnce, setMostAtOnce] = useState<number | string>(4);
  const [pauseSeconds, setPauseSeconds] = useState<number | string>(0);
  const make = useMutation({
    mutationFn: () =>
      server.provisioning.putSite({
        params: { name: name.trim() },
        body: {
          subnets: subnets.split(/[\s,]+/).filter((one) => one !== ""),
          mostAtOnce: Number(mostAtOnce),
          pauseSeconds: Number(pauseSeconds),
          isHeld: false,
        },
      }),
    onSuccess: () => {
      setName("");
      setSubnets("");
      return cache.invalidateQueries({ queryKey: keys.provisioning });
    },
  });
  return (
    <>
      <form
        className="toolbar"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <TextInput
          aria-label="Name of the site"
          placeholder="Name"
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          aria-label="Subnets of the site"
          placeholder="10.1.0.0/16 10.2.0.0/16"
          value={subnets}
          onChange={(event) => setSubnets(event.currentTarget.value)}
        />
        <NumberInput aria-label="Devices at once" w={90} min={1} max={48} value={mostAtOnce} onChange={setMostAtOnce} />
        <span className="dim">at once, pause</span>
        <NumberInput
          aria-label="Pause in seconds"
          w={90}
          min={0}
          max={3600}
          value={pauseSeconds}
          onChange={setPauseSeconds}
        />
        <span className="dim">s</span>
        <Button
          type="submit"
          variant="default"
          loading={make.isPending}
          disabled={name.trim() === "" || subnets.trim() === ""}
        >
          Set site
        </Button>
      </form>
      {make.isError ? <Failure error={make.error} /> : null}
    </>
  );
}
