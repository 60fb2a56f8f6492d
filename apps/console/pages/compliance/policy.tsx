import { Button, Group, Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { operations } from "@vigil/api/operations.ts";
import type { Finding, Policy, PolicyRound, Standing } from "@vigil/api/resources/policies.ts";
import { countOf, devicesOf } from "../../ages.ts";
import { DeviceTable, deviceColumns } from "../../parts/device-table.tsx";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Failure, ShortFailure } from "../../parts/failure.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useKeys } from "../../parts/keys.ts";
import { Age } from "../../parts/now.tsx";
import type { Column } from "../../parts/table-columns.ts";
import { useWindows } from "../../parts/windows.ts";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { policySearch, standings } from "../searches.ts";
import { PolicyForm } from "./policy-form.tsx";
import { fetchFindings, policyKeys, policyQuery } from "./queries.ts";
import { ComplianceBar, roundInWords, StandingMark } from "./standing.tsx";

/** One policy: what it says, its last round, and how each device stands. */
export function PolicyPage() {
  const { name = "" } = useParams({ strict: false });
  const query = useQuery(policyQuery(useServer(), name));
  return (
    <Page
      title={query.data?.name ?? name}
      above={{ to: "/jobs/compliance", title: "Compliance" }}
      actions={query.data === undefined ? null : <Actions policy={query.data} />}
    >
      <Loaded query={query}>
        {(policy) => (
          <>
            <About policy={policy} />
            {/* What a round finds is another list. */}
            <Findings key={policy.round?.state === "done" ? policy.round.id : ""} policy={policy} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Actions({ policy }: { readonly policy: Policy }) {
  const server = useServer();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState<"change" | "remove">();
  const params = { name: policy.name };
  const isUnderWay = policy.round !== null && policy.round.state !== "done";
  const run = useMutation({
    mutationFn: () => server.policies.run({ params }),
    onSuccess: (fresh) => cache.setQueryData(policyKeys.one(policy.name), fresh),
  });
  const remove = useMutation({
    mutationFn: () => server.policies.remove({ params }),
    onSuccess: async () => {
      await navigate({ to: "/jobs/compliance" });
      await cache.invalidateQueries({ queryKey: policyKeys.list });
    },
  });
  useKeys({ r: () => isUnderWay || run.mutate() });
  const close = (): void => setOpen(undefined);
  return (
    <Group gap={8}>
      {run.isError ? <Failure error={run.error} /> : null}
      <Button variant="default" disabled={isUnderWay} onClick={() => setOpen("remove")}>
        Remove
      </Button>
      <Button variant="default" disabled={isUnderWay} onClick={() => setOpen("change")}>
        Change
      </Button>
      <Button loading={run.isPending || isUnderWay} onClick={() => run.mutate()} title="r">
        Look now
      </Button>
      <Modal opened={open === "change"} onClose={close} title={`Change ${policy.name}`} size="lg">
        {open === "change" ? <PolicyForm policy={policy} onClose={close} /> : null}
      </Modal>
      <Modal opened={open === "remove"} onClose={close} title="Remove policy">
        <p className="question">
          <strong>{policy.name}</strong> and what it found are removed. Devices stay as they are.
        </p>
        {remove.isError ? <Failure error={remove.error} /> : null}
        <DialogButtons onClose={close} mt="md">
          <Button color="red.9" loading={remove.isPending} onClick={() => remove.mutate()}>
            Remove policy
          </Button>
        </DialogButtons>
      </Modal>
    </Group>
  );
}

function About({ policy }: { readonly policy: Policy }) {
  const { round, remedy, look } = policy;
  return (
    <section className="policy-about" aria-label="What it says">
      {policy.description === "" ? null : <p>{policy.description}</p>}
      <ComplianceBar {...policy} />
      <Facts
        facts={[
          ["Collection", policy.collection],
          [
            "Should be true",
            policy.desired.filter === undefined ? "as its profile says" : <code>{policy.desired.filter}</code>,
          ],
          ["Looks by", look === null ? "what is stored" : operations[look].title],
          [
            "Remedy",
            remedy === null
              ? "none"
              : `${operations[remedy.operation].title}, ${policy.isEnforced ? `enforced on at most ${policy.mostRemediedPercent} % at once${policy.window === null ? "" : `, in window ${policy.window}`}` : "not enforced"}`,
          ],
          [
            "Last round",
            round === null ? (
              "never"
            ) : (
              <>
                <Age at={round.startedAt} /> by {round.startedBy}, {roundInWords(round)}
              </>
            ),
          ],
          ["Its runs", round === null ? null : <Runs round={round} />],
          ["Next round", policy.nextAt === null ? "by hand" : <Age at={policy.nextAt} />],
        ]}
      />
    </section>
  );
}

function Runs({ round: { lookRun, remedyRun } }: { readonly round: PolicyRound }) {
  const runs = [
    ["its look", lookRun],
    ["its remedy", remedyRun],
  ] as const;
  if (lookRun === null && remedyRun === null) return null;
  return (
    <ul className="cell-row">
      {runs.map(([words, id]) =>
        id === null ? null : (
          <li key={words}>
            <Link to="/jobs/$id" params={{ id }}>
              {words}
            </Link>
          </li>
        ),
      )}
    </ul>
  );
}

function Findings({ policy }: { readonly policy: Policy }) {
  const server = useServer();
  const navigate = useNavigate();
  const { standing } = policySearch(useSearch({ strict: false }));
  const { name, counts } = policy;
  const list = useWindows({
    queryKey: [...policyKeys.findings(name), policy.round?.id ?? "", policy.round?.state ?? "", standing ?? ""],
    fetch: fetchFindings(server, name, standing),
  });
  const show = (one: Standing | undefined): void =>
    void navigate({
      to: "/jobs/compliance/$name",
      params: { name },
      search: one === undefined ? {} : { standing: one },
      replace: true,
    });
  const total = counts.compliant + counts.deviating + counts.unknown;
  return (
    <>
      <div className="toolbar" role="group" aria-label="Standings">
        <button type="button" className="chip" aria-pressed={standing === undefined} onClick={() => show(undefined)}>
          All {countOf(total)}
        </button>
        {standings.map((one) => (
          <button key={one} type="button" className="chip" aria-pressed={standing === one} onClick={() => show(one)}>
            <StandingMark standing={one} /> {countOf(counts[one])}
          </button>
        ))}
        {policy.fresh === 0 ? null : <span className="dim">{devicesOf(policy.fresh)} not looked at yet</span>}
      </div>
      {list.error !== null && list.total === undefined ? <Failure error={list.error} onRetry={list.askAgain} /> : null}
      {list.total === 0 ? (
        <Empty title={total === 0 ? "No device has been looked at" : "No device stands so"} />
      ) : (
        <DeviceTable id="findings" label="Findings" columns={columns} list={list} expected={12} />
      )}
    </>
  );
}

const columns: readonly Column<Finding>[] = [
  ...deviceColumns,
  {
    name: "standing",
    title: "Standing",
    min: 120,
    grow: 0,
    cell: ({ standing }) => <StandingMark standing={standing} />,
  },
  { name: "since", title: "Since", min: 110, grow: 0, cell: ({ since }) => <Age at={since} /> },
  { name: "looked", title: "Looked at", min: 110, grow: 0, cell: ({ lookedAt }) => <Age at={lookedAt} /> },
  {
    name: "why",
    title: "Why it is unknown",
    min: 220,
    grow: 2,
    cell: ({ error }) => (error === null ? <span className="dim">—</span> : <ShortFailure report={error} />),
  },
];
