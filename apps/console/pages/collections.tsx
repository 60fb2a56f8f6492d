import { ActionIcon, Button, Group, Modal, MultiSelect, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { operations } from "@vigil/api/operations.ts";
import type { Collection } from "@vigil/api/resources/collections.ts";
import type { DeviceState } from "@vigil/api/resources/devices.ts";
import { countOf, devicesOf } from "../ages.ts";
import { Waiting } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { OperationDialog, type Intent } from "../parts/operation-dialog.tsx";
import { PlainTable } from "../parts/plain-table.tsx";
import { collectionsQuery, keys } from "../queries.ts";
import { useServer } from "../server.ts";
import { Page } from "../shell/page.tsx";

/** Sets of devices: look into one, do something with all of it. */
export function CollectionsPage() {
  const server = useServer();
  const { data, error, refetch } = useQuery(collectionsQuery(server));
  const [intent, setIntent] = useState<Intent>();
  const [isMaking, setMaking] = useState(false);
  const make = (
    <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setMaking(true)}>
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
              cell: (one) => <RowActions collection={one} onIntent={setIntent} />,
            },
          ]}
        />
      )}
      <OperationDialog intent={intent} onClose={() => setIntent(undefined)} />
      <Modal opened={isMaking} onClose={() => setMaking(false)} title="New collection">
        <NewCollection onClose={() => setMaking(false)} />
      </Modal>
    </Page>
  );
}

function wordsOf({ kind, query, isBuiltIn, name }: Collection): string {
  if (kind === "list") return "a list of devices";
  const { state, power, search, release } = query ?? {};
  const parts = [
    state === undefined ? "" : `state ${state.join(" or ")}`,
    power === undefined ? "" : `power ${power.join(" or ")}`,
    search === undefined ? "" : `matching "${search}"`,
    release === undefined ? "" : `release ${release}…`,
  ].filter((part) => part !== "");
  if (parts.length === 0)
    return isBuiltIn && name === "All" ? "every device" : "every device that matches nothing else";
  return parts.join(", ");
}

function RowActions({
  collection,
  onIntent,
}: {
  readonly collection: Collection;
  readonly onIntent: (intent: Intent) => void;
}) {
  const server = useServer();
  const cache = useQueryClient();
  const { name, count, isBuiltIn } = collection;
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

const states: readonly DeviceState[] = ["factory", "provisioning", "provisioned", "failed"];

function NewCollection({ onClose }: { readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const [search, setSearch] = useState("");
  const [release, setRelease] = useState("");
  const [chosen, setChosen] = useState<DeviceState[]>([]);
  const create = useMutation({
    mutationFn: () => {
      const query = {
        ...(search === "" ? {} : { search }),
        ...(release === "" ? {} : { release }),
        ...(chosen.length === 0 ? {} : { state: chosen }),
      };
      return server.collections.create({ body: { name: name.trim(), query } });
    },
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: keys.collections });
      onClose();
    },
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <TextInput
        label="Name"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={100}
        data-autofocus
        required
      />
      <TextInput
        label="Matching"
        description="Part of a host name, address, UUID, release or model"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <TextInput
        label="Release begins with"
        placeholder="16."
        value={release}
        onChange={(event) => setRelease(event.currentTarget.value)}
      />
      <MultiSelect
        label="State"
        data={[...states]}
        value={chosen}
        onChange={(values) => setChosen(states.filter((one) => values.includes(one)))}
      />
      {create.isError ? <Failure error={create.error} /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Leave it
        </Button>
        <Button type="submit" loading={create.isPending} disabled={name.trim() === ""}>
          Make collection
        </Button>
      </Group>
    </form>
  );
}
