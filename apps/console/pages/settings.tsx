import { ActionIcon, Button, CopyButton, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { momentOf } from "../ages.ts";
import { Empty, Waiting } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { Facts } from "../parts/facts.tsx";
import { Age } from "../parts/now.tsx";
import { PlainTable } from "../parts/plain-table.tsx";
import { apiKeysQuery, keys, metaQuery } from "../queries.ts";
import { useServer } from "../server.ts";
import { Page } from "../shell/page.tsx";

/** API keys, and what this server is. */
export function SettingsPage() {
  return (
    <Page title="Settings">
      <div className="stack">
        <ApiKeys />
        <About />
      </div>
    </Page>
  );
}

function ApiKeys() {
  const server = useServer();
  const cache = useQueryClient();
  const { data, error } = useQuery(apiKeysQuery(server));
  const [name, setName] = useState("");
  const again = () => cache.invalidateQueries({ queryKey: keys.keys });
  const create = useMutation({
    mutationFn: () => server.access.createKey({ body: { name: name.trim() } }),
    onSuccess: () => {
      setName("");
      return again();
    },
  });
  const remove = useMutation({
    mutationFn: (id: string) => server.access.removeKey({ params: { id } }),
    onSettled: again,
  });
  return (
    <section className="panel">
      <h2>API keys</h2>
      <form
        className="toolbar"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <TextInput
          aria-label="Name of the new key"
          placeholder="Name"
          value={name}
          maxLength={60}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" disabled={name.trim() === ""} loading={create.isPending}>
          Make API key
        </Button>
      </form>
      {create.data === undefined ? null : <FreshKey secret={create.data.key} />}
      {create.isError ? <Failure error={create.error} /> : null}
      {data === undefined ? error === null ? <Waiting rows={2} /> : <Failure error={error} /> : null}
      {data?.items.length === 0 ? (
        <Empty title="There are no API keys">Scripts and the command line sign in with one.</Empty>
      ) : null}
      {data === undefined || data.items.length === 0 ? null : (
        <PlainTable
          label="API keys"
          rows={data.items}
          keyOf={({ id }) => id}
          columns={[
            { title: "Name", cell: (one) => one.name },
            { title: "Begins with", width: "160px", cell: ({ start }) => <span className="mono">{start}…</span> },
            { title: "Made", width: "130px", cell: ({ createdAt }) => <Age at={createdAt} /> },
            {
              title: "Actions",
              width: "90px",
              cell: (one) => (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="sm"
                  aria-label={`Remove the API key ${one.name}`}
                  onClick={() => remove.mutate(one.id)}
                >
                  <IconTrash size={14} aria-hidden />
                </ActionIcon>
              ),
            },
          ]}
        />
      )}
    </section>
  );
}

function FreshKey({ secret }: { readonly secret: string }) {
  return (
    <div className="fresh-key" role="status">
      <p>Copy it now: it is not shown again.</p>
      <code className="wrap">{secret}</code>
      <CopyButton value={secret}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy}>
            {copied ? "Copied" : "Copy key"}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}

function About() {
  const { data } = useQuery(metaQuery(useServer()));
  return (
    <section className="panel">
      <h2>This server</h2>
      <div className="padded">
        <Facts
          facts={[
            ["Version", data?.version],
            ["Mode", data?.mode],
            ["Port for hellos", data?.helloPort],
            ["Running since", data === undefined ? null : momentOf(data.startedAt)],
            [
              "Contract",
              <a key="api" href="/api/openapi.json">
                OpenAPI 3.1
              </a>,
            ],
          ]}
        />
      </div>
    </section>
  );
}
