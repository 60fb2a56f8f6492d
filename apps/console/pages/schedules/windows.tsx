import { Button, Modal } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { MaintenanceWindow } from "@vigil/api/resources/schedules.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { useKeys } from "../../parts/keys.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { When } from "../../parts/now.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { policiesQuery } from "../compliance/queries.ts";
import { JobTabs } from "../jobs/job-tabs.tsx";
import { windowSearch, type WindowSearch } from "../searches.ts";
import { scheduleKeys, windowsQuery } from "./queries.ts";
import { WindowForm } from "./window-form.tsx";
import { ruleInWords } from "./words.ts";

/** Maintenance windows: when disruptive work may happen, and what waits for which. */
export function WindowsPage() {
  const navigate = useNavigate();
  const query = useQuery(windowsQuery(useServer()));
  const search = windowSearch(useSearch({ strict: false }));
  const show = (next: WindowSearch): void => void navigate({ to: "/jobs/windows", search: next, replace: true });
  const close = (): void => show({});
  useKeys({ n: () => show({ new: true }) });
  const known = (name: string | undefined): MaintenanceWindow | undefined =>
    query.data?.items.find((one) => one.name === name);
  const [changed, removed] = [known(search.change), known(search.remove)];
  return (
    <Page
      title="Maintenance windows"
      actions={
        <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => show({ new: true })} title="n">
          New window
        </Button>
      }
    >
      <JobTabs />
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No maintenance window yet">
              A maintenance window says on which days and between which times disruptive work may happen. Schedules and
              policies that name one wait until it opens.
            </Empty>
          ) : (
            <List windows={items} onShow={show} />
          )
        }
      </Loaded>
      <Modal opened={search.new === true} onClose={close} title="New maintenance window" size="lg">
        {search.new === true ? <WindowForm onClose={close} /> : null}
      </Modal>
      <Modal opened={changed !== undefined} onClose={close} title={`Change ${search.change ?? ""}`} size="lg">
        {changed === undefined ? null : <WindowForm window={changed} onClose={close} />}
      </Modal>
      <Modal opened={removed !== undefined} onClose={close} title="Remove maintenance window">
        {removed === undefined ? null : <Removal window={removed} onClose={close} />}
      </Modal>
    </Page>
  );
}

/** Policies that wait for a window. */
function usePolicyUsers(): (window: string) => readonly string[] {
  const { data } = useQuery(policiesQuery(useServer()));
  return (window) => (data?.items ?? []).filter((one) => one.window === window).map(({ name }) => name);
}

interface ListProps {
  readonly windows: readonly MaintenanceWindow[];
  readonly onShow: (search: WindowSearch) => void;
}

function List({ windows, onShow }: ListProps) {
  const policiesOf = usePolicyUsers();
  return (
    <PlainTable
      label="Maintenance windows"
      rows={windows}
      keyOf={({ name }) => name}
      columns={[
        {
          title: "Name",
          width: "16%",
          cell: ({ name }) => (
            <button type="button" className="link" onClick={() => onShow({ change: name })}>
              {name}
            </button>
          ),
        },
        {
          title: "Open",
          cell: ({ rules }) => (
            <ul className="rule-lines">
              {rules.map((rule) => (
                <li key={ruleInWords(rule)}>{ruleInWords(rule)}</li>
              ))}
            </ul>
          ),
        },
        { title: "By the clock of", width: "16%", cell: ({ timeZone }) => timeZone },
        {
          title: "Now",
          width: "170px",
          cell: ({ isOpen, opensAt }) =>
            isOpen ? (
              <strong>open</strong>
            ) : (
              <>
                <span className="dim">shut until </span>
                <When at={opensAt} />
              </>
            ),
        },
        {
          title: "Used by",
          width: "22%",
          cell: ({ name, usedBy }) => <Users schedules={usedBy} policies={policiesOf(name)} />,
        },
        {
          title: "Actions",
          width: "100px",
          cell: ({ name }) => (
            <Button
              variant="subtle"
              color="gray"
              size="compact-xs"
              aria-label={`Remove ${name}`}
              onClick={() => onShow({ remove: name })}
            >
              Remove
            </Button>
          ),
        },
      ]}
    />
  );
}

interface UsersProps {
  readonly schedules: readonly string[];
  readonly policies: readonly string[];
}

function Users({ schedules, policies }: UsersProps) {
  if (schedules.length + policies.length === 0) return <span className="dim">nobody</span>;
  return (
    <ul className="users">
      {schedules.map((name) => (
        <li key={`schedule ${name}`}>
          <Link to="/jobs/schedules/$name" params={{ name }}>
            {name}
          </Link>
        </li>
      ))}
      {policies.map((name) => (
        <li key={`policy ${name}`}>
          policy{" "}
          <Link to="/jobs/compliance/$name" params={{ name }}>
            {name}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Removal({ window, onClose }: { readonly window: MaintenanceWindow; readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const policies = usePolicyUsers()(window.name);
  const isUsed = window.usedBy.length > 0;
  const remove = useMutation({
    mutationFn: () => server.windows.remove({ params: { name: window.name } }),
    onSuccess: onClose,
    onSettled: () => cache.invalidateQueries({ queryKey: scheduleKeys.windows }),
  });
  return (
    <div className="form">
      {isUsed ? (
        <>
          <p className="question">
            <strong>{window.name}</strong> cannot be removed: these wait for it, and would start at any time without it.
            Give them another window first, or none.
          </p>
          <Users schedules={window.usedBy} policies={policies} />
        </>
      ) : (
        <>
          <p className="question">
            <strong>{window.name}</strong> is removed. No schedule waits for it.
          </p>
          {policies.length === 0 ? null : (
            <div className="warning">
              These give no remedy until they have another window: <Users schedules={[]} policies={policies} />
            </div>
          )}
        </>
      )}
      {remove.isError ? <Failure error={remove.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button
          color="red.9"
          loading={remove.isPending}
          disabled={isUsed}
          title={isUsed ? "Schedules wait for it" : undefined}
          onClick={() => remove.mutate()}
        >
          Remove window
        </Button>
      </DialogButtons>
    </div>
  );
}
