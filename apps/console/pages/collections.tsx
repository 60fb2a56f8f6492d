import { ActionIcon, Button, Group, Modal } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { operations } from "@vigil/api/operations.ts";
import type { Collection } from "@vigil/api/resources/collections.ts";
import { countOf, devicesOf } from "../ages.ts";
import { Waiting } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { OperationDialog, type Intent } from "../parts/operation-dialog.tsx";
import { PlainTable } from "../parts/plain-table.tsx";
import { collectionsQuery, keys } from "../queries.ts";
import { useServer } from "../server.ts";
import { CollectionEditor } from "./collection-editor.tsx";
import { Page } from "../shell/page.tsx";

/** Sets of devices: look into one, do something with all of it. */
export function CollectionsPage() {
  const server = useServer();
  const { data, error, refetch } = useQuery(collectionsQuery(server));
  const [intent, setIntent] = useState<Intent>();
  const [edited, setEdited] = useState<"new" | Collection>();
  const make = (
    <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setEdited("new")}>
      New collection
    </Button>
  );
  return (
    <Page title="Collections" actions={make}>
      {data === undefined ? (
        error === null ? (
          <Waiting />
        ) : (
          <Failure error={error} onRetry={() => void refetch()} />
        )
      ) : null}
      {data === undefined ? null : (
        <PlainTable
          label="Collections"
          rows={data.items}
          keyOf={({ name }) => name}
          columns={[
            {
              title: "Name",
              cell: ({ name }) => (
                <Link to="/" search={{ collection: name }}>
                  {name}
                </Link>
              ),
            },
            { title: "Devices", width: "110px", isNumber: true, cell: ({ count }) => countOf(count) },
            { title: "Holds", cell: (one) => <span className="dim">{wordsOf(one)}</span> },
            {
              title: "Actions",
              width: "300px",
              cell: (one) => <RowActions collection={one} onIntent={setIntent} onEdit={() => setEdited(one)} />,
            },
          ]}
        />
      )}
      <OperationDialog intent={intent} onClose={() => setIntent(undefined)} />
      <Modal
        opened={edited !== undefined}
        onClose={() => setEdited(undefined)}
        size="lg"
        title={edited === "new" || edited === undefined ? "New collection" : `The collection ${edited.name}`}
      >
        <CollectionEditor
          {...(edited === "new" || edited === undefined ? {} : { name: edited.name, filter: edited.filter ?? "" })}
          onClose={() => setEdited(undefined)}
        />
      </Modal>
    </Page>
  );
}

function wordsOf({ kind, filter }: Collection): string {
  if (kind === "list") return "a list of devices";
  return filter === null || filter === "" ? "every device" : filter;
}

function RowActions({
  collection,
  onIntent,
  onEdit,
}: {
  readonly collection: Collection;
  readonly onIntent: (intent: Intent) => void;
  readonly onEdit: () => void;
}) {
  const server = useServer();
  const cache = useQueryClient();
  const { name, count, isBuiltIn, kind } = collection;
  const remove = useMutation({
    mutationFn: () => server.collections.remove({ params: { name } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.collections }),
  });
  const ask = (operation: Intent["operation"]): void =>
    onIntent({ operation, target: { collection: name }, count, words: `${devicesOf(count)} in ${name}`, unmanaged: 0 });
  return (
    <Group gap={6} wrap="nowrap">
      <Button variant="default" size="compact-xs" disabled={count === 0} onClick={() => ask("power.state")}>
        {operations["power.state"].verb}
      </Button>
      <Button variant="default" size="compact-xs" disabled={count === 0} onClick={() => ask("power.cycle")}>
        {operations["power.cycle"].verb}
      </Button>
      {isBuiltIn || kind === "list" ? null : (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={`Change the collection ${name}`}
          onClick={onEdit}
        >
          <IconPencil size={14} aria-hidden />
        </ActionIcon>
      )}
      {isBuiltIn ? null : (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={`Remove the collection ${name}`}
          loading={remove.isPending}
          onClick={() => remove.mutate()}
        >
          <IconTrash size={14} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  );
}
