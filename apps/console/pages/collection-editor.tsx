import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { devicesOf } from "../ages.ts";
import { DialogButtons } from "../parts/dialog-buttons.tsx";
import { Failure } from "../parts/failure.tsx";
import { FilterBox, wrongWith } from "../parts/filter-box.tsx";
import { keys } from "../queries.ts";
import { useServer } from "../server.ts";

/** Devices that the preview names. */
const mostNamed = 8;
/** Chosen: nobody waits for it, and nobody asks at every key. */
const pauseMs = 250;

/** Makes a collection by filter, or gives one another filter. What it would hold is shown while it is being typed. */
export function CollectionEditor({
  name: known,
  filter: before = "",
  onClose,
}: {
  /** Of the collection that is changed; absent: a new one. */
  readonly name?: string;
  readonly filter?: string;
  readonly onClose: () => void;
}) {
  const server = useServer();
  const cache = useQueryClient();
  const [name, setName] = useState(known ?? "");
  const [filter, setFilter] = useState(before);
  const isWhole = wrongWith(filter) === undefined;
  const store = useMutation({
    mutationFn: () =>
      known === undefined
        ? server.collections.create({ body: { name: name.trim(), filter } })
        : server.collections.change({ params: { name: known }, body: { filter } }),
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
        if (isWhole) store.mutate();
      }}
    >
      {known === undefined ? (
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
          data-autofocus
          required
        />
      ) : null}
      <FilterBox
        label="Filter"
        isLabelled
        placeholder="state = provisioned and release >= 16"
        value={filter}
        onChange={setFilter}
      />
      <Preview filter={filter} isWhole={isWhole} />
      {store.isError ? <Failure error={store.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button type="submit" loading={store.isPending} disabled={name.trim() === "" || !isWhole}>
          {known === undefined ? "Make collection" : "Change collection"}
        </Button>
      </DialogButtons>
    </form>
  );
}

function Preview({ filter, isWhole }: { readonly filter: string; readonly isWhole: boolean }) {
  const server = useServer();
  const [asked] = useDebouncedValue(filter, pauseMs);
  const { data, error, isFetching } = useQuery({
    queryKey: [...keys.collections, "preview", asked],
    queryFn: ({ signal }) => server.collections.preview({ body: { filter: asked, limit: mostNamed }, signal }),
    enabled: isWhole && wrongWith(asked) === undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (!isWhole) return <p className="dim">Nothing is asked while the filter cannot be read.</p>;
  if (error !== null) return <Failure error={error} />;
  if (data === undefined) return <p className="dim">Counting …</p>;
  const names = data.items.map(({ hostName, address }) => hostName ?? address);
  const more = data.count - names.length;
  return (
    <p className={isFetching || asked !== filter ? "dim" : undefined} role="status">
      {data.count === 0 ? "No device now." : `${devicesOf(data.count)} now: ${names.join(", ")}`}
      {more > 0 ? ` and ${more} more` : ""}
    </p>
  );
}
