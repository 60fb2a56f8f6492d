import { Button, Checkbox, Menu, Select } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconColumns3, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import type { DeviceSummary } from "@vigil/api/resources/devices.ts";
import { countOf, devicesOf } from "../ages.ts";
import { Empty } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { FilterBox, wrongWith } from "../parts/filter-box.tsx";
import { useKeys } from "../parts/keys.ts";
import { OperationDialog, type Intent } from "../parts/operation-dialog.tsx";
import { extended, nothingSelected, selectionOf, toggled } from "../parts/selection.ts";
import { Table, type TableHandle } from "../parts/table.tsx";
import { useWindows } from "../parts/windows.ts";
import { collectionsQuery, fetchDevices, keys } from "../queries.ts";
import { useServer } from "../server.ts";
import { Page } from "../shell/page.tsx";
import { ActionBar } from "./fleet-actions.tsx";
import { fleetColumns, usualColumns } from "./fleet-columns.tsx";
import { FleetFigures } from "./fleet-figures.tsx";
import { RunJobDialog } from "./jobs/run-job-dialog.tsx";
import { filterOf, fleetSearch, isFiltered, type FleetSearch } from "./fleet-search.ts";

/** A run takes at most this many devices; so does "select all". */
const mostSelected = 20_000;

/** All devices: find some, look at one, do something with many. */
export function FleetPage() {
  const server = useServer();
  const navigate = useNavigate();
  const search = fleetSearch(useSearch({ strict: false }));
  // While a filter is being typed the last whole one stays in force.
  const [whole, setWhole] = useState(search.q ?? "");
  const q = search.q ?? "";
  const isWhole = wrongWith(q) === undefined;
  if (isWhole && q !== whole) setWhole(q);
  const filter = filterOf({ ...search, q: isWhole ? q : whole });
  const list = useWindows({ queryKey: [...keys.deviceWindows, filter], fetch: fetchDevices(server, filter) });
  const [selection, setSelection] = useState(nothingSelected<DeviceSummary>());
  const [active, setActive] = useState(0);
  const [intent, setIntent] = useState<Intent>();
  const [isStarting, setIsStarting] = useState(false);
  const [shown, setShown] = useLocalStorage({ key: "vigil.fleet.columns", defaultValue: [...usualColumns] });
  const table = useRef<TableHandle>(null);
  const find = useRef<HTMLInputElement>(null);
  const change = (next: FleetSearch): void => void navigate({ to: "/", search: next, replace: true });
  const openRow = (index: number): void => {
    const row = list.rowAt(index);
    if (row !== undefined) void navigate({ to: "/devices/$id", params: { id: row.uuid } });
  };
  const selectAll = async (): Promise<void> => {
    if (selection.rows.size > 0 && selection.rows.size === list.total) return setSelection(nothingSelected());
    const { items } = await server.devices.list({ query: { ...filter, limit: mostSelected } });
    setSelection(selectionOf(items, ({ uuid }) => uuid));
  };
  useKeys({
    "/": () => find.current?.focus(),
    "mod+a": () => void selectAll(),
    Escape: () => setSelection(nothingSelected()),
  });
  const { total } = list;
  const columns = fleetColumns.filter(({ name }) => shown.includes(name));
  const sort = search.sort ?? "hostName";
  const order = search.order ?? "asc";
  return (
    <Page title="Fleet" actions={<ColumnChooser shown={shown} onChange={setShown} />}>
      <FleetFigures search={search} onChange={change} />
      <div className="toolbar">
        <FilterBox
          inputRef={find}
          className="toolbar-find"
          label="Find devices"
          placeholder="A name, or a filter: release >= 16 and not tag = kiosk  ( / )"
          value={search.q ?? ""}
          onChange={(value) => {
            const { q: _q, ...rest } = search;
            change(value === "" ? rest : { ...rest, q: value });
          }}
          onDone={() => table.current?.focus()}
        />
        <CollectionChooser search={search} onChange={change} />
        {search.profile === undefined ? null : (
          <span className="chip">
            Profile {search.profile}
            {search.profileBefore === undefined ? "" : `, before version ${search.profileBefore}`}
          </span>
        )}
        {isFiltered(search) ? (
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconX size={14} aria-hidden />}
            onClick={() => change({})}
          >
            Clear filters
          </Button>
        ) : null}
        <span className="dim toolbar-count" role="status">
          {total === undefined ? "" : devicesOf(total)}
        </span>
      </div>
      {list.error !== null && total === undefined ? <Failure error={list.error} onRetry={list.askAgain} /> : null}
      {total === 0 ? (
        <Nothing search={search} onClear={() => change({})} />
      ) : (
        <Table
          id="fleet"
          label="Devices"
          handle={table}
          columns={columns}
          total={total ?? 12}
          rowAt={list.rowAt}
          keyOf={({ uuid }) => uuid}
          nameOf={({ hostName, address }) => hostName ?? address}
          onRange={list.onRange}
          active={active}
          onActive={setActive}
          onOpen={openRow}
          isOld={list.isOld}
          sort={{
            by: sort,
            order,
            onSort: (by) => {
              const column = fleetSearch({ sort: by }).sort;
              if (column === undefined) return;
              change({ ...search, sort: column, order: by === sort && order === "asc" ? "desc" : "asc" });
            },
          }}
          selection={{
            has: (key) => selection.rows.has(key),
            extent: selection.rows.size === 0 ? "none" : selection.rows.size === total ? "all" : "some",
            onAll: () => void selectAll(),
            onToggle: (index, isRange) => {
              const row = list.rowAt(index);
              if (row === undefined) return;
              const keyOf = ({ uuid }: DeviceSummary): string => uuid;
              setSelection((old) =>
                isRange ? extended(old, index, list.rowAt, keyOf) : toggled(old, index, row.uuid, row),
              );
            },
          }}
        />
      )}
      <ActionBar
        devices={[...selection.rows.values()]}
        most={mostSelected}
        onIntent={setIntent}
        onJob={() => setIsStarting(true)}
        onClear={() => setSelection(nothingSelected())}
      />
      <OperationDialog intent={intent} onClose={() => setIntent(undefined)} />
      <RunJobDialog
        devices={isStarting ? [...selection.rows.keys()] : undefined}
        onClose={() => setIsStarting(false)}
      />
    </Page>
  );
}

interface Choosing {
  readonly search: FleetSearch;
  readonly onChange: (next: FleetSearch) => void;
}

function CollectionChooser({ search, onChange }: Choosing) {
  const { data } = useQuery(collectionsQuery(useServer()));
  const names = (data?.items ?? []).map(({ name, count }) => ({ value: name, label: `${name} (${countOf(count)})` }));
  return (
    <Select
      aria-label="Collection"
      placeholder="Any collection"
      data={names}
      value={search.collection ?? null}
      clearable
      clearButtonProps={{ "aria-label": "Any collection" }}
      onChange={(name) => {
        const { collection: _collection, ...rest } = search;
        onChange(name === null ? rest : { ...rest, collection: name });
      }}
    />
  );
}

function ColumnChooser({
  shown,
  onChange,
}: {
  readonly shown: readonly string[];
  readonly onChange: (names: string[]) => void;
}) {
  return (
    <Menu closeOnItemClick={false} position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconColumns3 size={14} aria-hidden />}>
          Columns
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {fleetColumns.map(({ name, title }) => {
          const isShown = shown.includes(name);
          const toggle = (): void => onChange(isShown ? shown.filter((one) => one !== name) : [...shown, name]);
          // The name is how one gets to a device.
          return (
            <Menu.Item key={name} onClick={toggle} disabled={name === "hostName"}>
              <Checkbox label={title} checked={isShown} readOnly tabIndex={-1} disabled={name === "hostName"} />
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

function Nothing({ search, onClear }: { readonly search: FleetSearch; readonly onClear: () => void }) {
  if (isFiltered(search)) {
    return (
      <Empty title="No device matches">
        <Button variant="default" onClick={onClear}>
          Clear filters
        </Button>
      </Empty>
    );
  }
  return (
    <Empty title="No device has been seen yet">
      Devices appear here when they say hello to this server. To try it with virtual ones:{" "}
      <code>npx vigil fleet --count 25 --hello 127.0.0.1:9971</code>
    </Empty>
  );
}
