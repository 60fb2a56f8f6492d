import { Button, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { shortMomentOf, momentOf } from "../ages.ts";
import { Empty, Waiting } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { useNow } from "../parts/now.tsx";
import { PlainTable } from "../parts/plain-table.tsx";
import { auditQuery } from "../queries.ts";
import { useServer } from "../server.ts";
import { Page } from "../shell/page.tsx";
import { auditSearch } from "./searches.ts";

/** Who did what. */
export function AuditPage() {
  const server = useServer();
  const navigate = useNavigate();
  const now = useNow();
  const { q: search = "" } = auditSearch(useSearch({ strict: false }));
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    auditQuery(server, search, undefined),
  );
  const entries = data?.pages.flatMap((page) => page.items);
  return (
    <Page title="Audit">
      <div className="toolbar">
        <TextInput
          className="toolbar-find"
          leftSection={<IconSearch size={14} aria-hidden />}
          placeholder="What was done, or by whom"
          aria-label="Find entries"
          value={search}
          onChange={({ currentTarget: { value } }) =>
            void navigate({ to: "/audit", search: value === "" ? {} : { q: value }, replace: true })
          }
        />
      </div>
      {entries === undefined ? (
        error === null ? (
          <Waiting />
        ) : (
          <Failure error={error} onRetry={() => void refetch()} />
        )
      ) : null}
      {entries?.length === 0 ? (
        <Empty title={search === "" ? "Nothing has been done yet" : "No entry matches"} />
      ) : null}
      {entries === undefined || entries.length === 0 ? null : (
        <PlainTable
          label="Audit entries"
          rows={entries}
          keyOf={({ id }) => String(id)}
          columns={[
            {
              title: "When",
              width: "150px",
              cell: ({ at }) => (
                <time dateTime={at} title={momentOf(at)}>
                  {shortMomentOf(at, now)}
                </time>
              ),
            },
            { title: "Who", width: "150px", cell: ({ actor }) => actor },
            { title: "Action", width: "190px", cell: ({ action }) => <span className="mono">{action}</span> },
            { title: "What", cell: ({ summary }) => summary },
            {
              title: "Device",
              width: "130px",
              cell: ({ device }) =>
                device === null ? null : (
                  <Link to="/devices/$id" params={{ id: device }} className="mono">
                    {device.slice(0, 8)}
                  </Link>
                ),
            },
          ]}
        />
      )}
      {hasNextPage ? (
        <div className="toolbar">
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older entries
          </Button>
        </div>
      ) : null}
    </Page>
  );
}
