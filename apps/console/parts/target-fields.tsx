import { NativeSelect, SegmentedControl, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { countOf, devicesOf } from "../ages.ts";
import { collectionsQuery, keys } from "../queries.ts";
import { useServer } from "../server.ts";
import { FilterBox, wrongWith } from "./filter-box.tsx";
import { namesIn, type TargetDraft } from "./target.ts";

interface TargetFieldsProps {
  readonly draft: TargetDraft;
  readonly onDraft: (draft: TargetDraft) => void;
  /** When a collection or a filter is asked what it holds: "at the moment of starting". */
  readonly moment: string;
  /** Why the server refused it. */
  readonly error?: ReactNode;
  /** Whether it says how many a filter holds for; a dialog with a plan does that itself. */
  readonly isCounted?: boolean;
}

const kinds = [
  { value: "collection", label: "A collection" },
  { value: "filter", label: "A filter" },
  { value: "devices", label: "Names" },
] as const satisfies readonly { readonly value: TargetDraft["kind"]; readonly label: string }[];

/** Which devices: those of a collection, those for which a filter holds, or some by name. */
export function TargetFields({ draft, onDraft, moment, error, isCounted = false }: TargetFieldsProps) {
  const server = useServer();
  const { data: collections } = useQuery(collectionsQuery(server));
  const names = (collections?.items ?? []).map(({ name, count }) => ({
    value: name,
    label: `${name} (${countOf(count)})`,
  }));
  const isKnown = draft.collection === "" || names.some(({ value }) => value === draft.collection);
  return (
    <fieldset className="part">
      <legend>Devices</legend>
      <SegmentedControl
        aria-label="Which devices"
        data={[...kinds]}
        value={draft.kind}
        onChange={(kind) => onDraft({ ...draft, kind })}
        fullWidth
      />
      {draft.kind === "collection" ? (
        <NativeSelect
          label="Collection"
          description={`As it is ${moment}`}
          value={draft.collection}
          error={error}
          onChange={({ currentTarget }) => onDraft({ ...draft, collection: currentTarget.value })}
          data={[
            { value: "", label: "Choose a collection" },
            ...names,
            ...(isKnown || collections === undefined
              ? []
              : [{ value: draft.collection, label: `${draft.collection} (is gone)` }]),
          ]}
        />
      ) : null}
      {draft.kind === "filter" ? (
        <>
          <FilterBox
            label="Filter"
            isLabelled
            placeholder="release >= 16 and not tag = kiosk"
            value={draft.filter}
            onChange={(filter) => onDraft({ ...draft, filter })}
          />
          <p className="dim field-note">
            Asked {moment}. {isCounted ? <Count filter={draft.filter} /> : null}
          </p>
          {error === undefined ? null : <div className="field-note bad">{error}</div>}
        </>
      ) : null}
      {draft.kind === "devices" ? (
        <Textarea
          label="Host names, addresses or UUIDs"
          description="One a line, or divided by commas"
          placeholder={"desk-17\n10.2.0.34"}
          value={draft.devices}
          error={error}
          onChange={({ currentTarget }) => onDraft({ ...draft, devices: currentTarget.value })}
          autosize
          minRows={2}
          maxRows={8}
          spellCheck={false}
          inputWrapperOrder={["label", "description", "input", "error"]}
        />
      ) : null}
      {draft.kind === "devices" && isCounted && draft.devices.trim() !== "" ? (
        <p className="dim field-note">{devicesOf(namesIn(draft.devices).length)}</p>
      ) : null}
    </fieldset>
  );
}

/** Chosen: nobody waits for it, and nobody asks at every key. */
const pauseMs = 250;

function Count({ filter }: { readonly filter: string }) {
  const server = useServer();
  const [asked] = useDebouncedValue(filter, pauseMs);
  const isAsked = asked.trim() !== "" && wrongWith(asked) === undefined;
  const { data, error } = useQuery({
    queryKey: [...keys.collections, "count", asked],
    queryFn: ({ signal }) => server.collections.preview({ body: { filter: asked, limit: 0 }, signal }),
    enabled: isAsked,
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (!isAsked || data === undefined || error !== null) return null;
  return <span role="status">It holds for {devicesOf(data.count)} now.</span>;
}
