import { Button, Select, Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Delayed, DelayedChange } from "@vigil/api/resources/provisioning.ts";
import { countOf, devicesOf, momentOf } from "../ages.ts";
import { Failure } from "../parts/failure.tsx";
import { Age } from "../parts/now.tsx";
import { delayedQuery, keys } from "../queries.ts";
import { useServer } from "../server.ts";

/** Delayed provisioning: devices that are not provisioned are tried again day by day, until there is none left. */
export function DelayedProvisioning() {
  const server = useServer();
  const cache = useQueryClient();
  const { data } = useQuery(delayedQuery(server));
  const onSuccess = (fresh: Delayed): Promise<void> => {
    cache.setQueryData(delayedQuery(server).queryKey, fresh);
    return cache.invalidateQueries({ queryKey: keys.provisioning });
  };
  const set = useMutation({
    mutationFn: (change: DelayedChange) => server.provisioning.changeDelayed({ body: change }),
    onSuccess,
  });
  const run = useMutation({ mutationFn: () => server.provisioning.runDelayed(), onSuccess });
  if (data === undefined) return null;
  const { policy, targets, lastRound, lastRoundAt } = data;
  return (
    <section className="panel" aria-label="Delayed provisioning">
      <h2>Delayed provisioning</h2>
      <div className="toolbar">
        <Switch
          label={`Try again every ${policy.everyHours} h`}
          checked={policy.isOn}
          onChange={(event) => set.mutate({ isOn: event.currentTarget.checked })}
        />
        <Switch
          label="Replace one-time passwords"
          checked={policy.replacesOneTimePassword}
          onChange={(event) => set.mutate({ replacesOneTimePassword: event.currentTarget.checked })}
        />
        <Switch
          label="Switch from ASF to AMT"
          checked={policy.switchesToAmt}
          onChange={(event) => set.mutate({ switchesToAmt: event.currentTarget.checked })}
        />
        <Button
          variant="default"
          loading={run.isPending}
          disabled={targets === 0}
          title={targets === 0 ? "No device has failed" : undefined}
          onClick={() => run.mutate()}
        >
          Look at {devicesOf(targets)} now
        </Button>
        <span className="dim">
          {lastRound === null ? (
            "No round so far."
          ) : (
            <>
              Last round <Age at={lastRoundAt} />: {countOf(lastRound.reopened)} of {devicesOf(lastRound.targets)} begun
              again with, {countOf(lastRound.silent)} did not answer, {countOf(lastRound.skipped)} left alone.
            </>
          )}
        </span>
      </div>
      {set.isError ? <Failure error={set.error} /> : null}
      {run.isError ? <Failure error={run.error} /> : null}
      <Ignored delayed={data} onSuccess={onSuccess} />
    </section>
  );
}

const checkNames = { dns: "DNS suffix", "one-time-password": "One-time password" } as const;

function Ignored({
  delayed,
  onSuccess,
}: {
  readonly delayed: Delayed;
  readonly onSuccess: (fresh: Delayed) => Promise<void>;
}) {
  const server = useServer();
  const [check, setCheck] = useState<"dns" | "one-time-password">("dns");
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const ignore = useMutation({
    mutationFn: () =>
      server.provisioning.ignoreCheck({ body: { check, reason, endsAt: new Date(until).toISOString() } }),
    onSuccess,
  });
  const end = useMutation({
    mutationFn: (id: number) => server.provisioning.endIgnoring({ params: { id } }),
    onSuccess,
  });
  return (
    <>
      <ul className="padded">
        {delayed.ignored.map((one) => (
          <li key={one.id} className="cell-row">
            <strong>{checkNames[one.check]} is ignored</strong> until {momentOf(one.endsAt)}: {one.reason}{" "}
            <span className="dim">by {one.madeBy}</span>
            <Button variant="default" size="compact-xs" loading={end.isPending} onClick={() => end.mutate(one.id)}>
              Let it count
            </Button>
          </li>
        ))}
      </ul>
      <form
        className="toolbar"
        onSubmit={(event) => {
          event.preventDefault();
          ignore.mutate();
        }}
      >
        <Select
          aria-label="Check to ignore"
          w={180}
          data={Object.entries(checkNames).map(([value, label]) => ({ value, label }))}
          value={check}
          onChange={(value) => setCheck(value === "one-time-password" ? value : "dns")}
        />
        <TextInput
          aria-label="Until"
          type="date"
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
        <TextInput
          aria-label="Reason"
          placeholder="Why; it is written into the audit trail"
          className="toolbar-find"
          value={reason}
          maxLength={300}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="default"
          loading={ignore.isPending}
          disabled={until === "" || reason.trim().length < 3}
        >
          Ignore check
        </Button>
      </form>
      {ignore.isError ? <Failure error={ignore.error} /> : null}
    </>
  );
}
