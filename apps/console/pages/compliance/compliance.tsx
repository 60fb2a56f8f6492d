import { Button, Modal } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { Policy } from "@vigil/api/resources/policies.ts";
import { countOf } from "../../ages.ts";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useKeys } from "../../parts/keys.ts";
import { Age } from "../../parts/now.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { JobTabs } from "../jobs/job-tabs.tsx";
import { newSearch } from "../searches.ts";
import { PolicyForm } from "./policy-form.tsx";
import { policiesQuery } from "./queries.ts";
import { ComplianceBar, roundInWords } from "./standing.tsx";

/** Policies, with how many devices are as each says. */
export function CompliancePage() {
  const navigate = useNavigate();
  const query = useQuery(policiesQuery(useServer()));
  const isNew = newSearch(useSearch({ strict: false })).new === true;
  const show = (isOpen: boolean): void =>
    void navigate({ to: "/jobs/compliance", search: isOpen ? { new: true } : {}, replace: true });
  useKeys({ n: () => show(true) });
  return (
    <Page
      title="Compliance"
      actions={
        <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => show(true)} title="n">
          New policy
        </Button>
      }
    >
      <JobTabs />
      <Loaded query={query}>
        {(data) =>
          data.items.length === 0 ? (
            <Empty title="No policy yet">
              A policy says what should be true of the devices of a collection, looks at them again and again, and makes
              it so once it is enforced.
            </Empty>
          ) : (
            <List policies={data.items} />
          )
        }
      </Loaded>
      <Modal opened={isNew} onClose={() => show(false)} title="New policy" size="lg">
        {isNew ? <PolicyForm onClose={() => show(false)} /> : null}
      </Modal>
    </Page>
  );
}

function List({ policies }: { readonly policies: readonly Policy[] }) {
  return (
    <PlainTable
      label="Policies"
      rows={policies}
      keyOf={({ name }) => name}
      columns={[
        {
          title: "Name",
          width: "22%",
          cell: ({ name }) => (
            <Link to="/jobs/compliance/$name" params={{ name }}>
              {name}
            </Link>
          ),
        },
        { title: "Collection", width: "14%", cell: ({ collection }) => collection },
        { title: "Compliance", cell: (policy) => <ComplianceBar {...policy} /> },
        { title: "Deviating", width: "90px", isNumber: true, cell: ({ counts }) => countOf(counts.deviating) },
        { title: "Unknown", width: "90px", isNumber: true, cell: ({ counts }) => countOf(counts.unknown) },
        {
          title: "Remedy",
          width: "110px",
          cell: ({ isEnforced }) => (isEnforced ? "enforced" : <span className="dim">reports only</span>),
        },
        {
          title: "Last round",
          width: "190px",
          cell: ({ round }) =>
            round === null ? (
              <span className="dim">never</span>
            ) : (
              <>
                <Age at={round.startedAt} /> <span className="dim">{roundInWords(round)}</span>
              </>
            ),
        },
      ]}
    />
  );
}
