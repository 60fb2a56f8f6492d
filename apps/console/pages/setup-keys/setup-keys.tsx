import { Button, Group, Menu, NativeSelect } from "@mantine/core";
import { IconChevronDown, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { SetupKey } from "@vigil/api/resources/setup-keys.ts";
import { countOf } from "../../ages.ts";
import { Empty, Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { useKeys } from "../../parts/keys.ts";
import { Age } from "../../parts/now.tsx";
import { extended, nothingSelected, selectionOf, toggled } from "../../parts/selection.ts";
import { Table } from "../../parts/table.tsx";
import type { Column } from "../../parts/table-columns.ts";
import { setupKeysQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { keySearch, type KeySearch } from "../searches.ts";
import { AddKeysDialog } from "./add-keys.tsx";
import { MakeKeysDialog } from "./make-keys.tsx";
import { PrintKeysDialog } from "./print-keys.tsx";
import { RemoveKeysDialog } from "./remove-keys.tsx";
import { withDash } from "./printed.ts";
import { SetupFileDialog } from "./setup-file.tsx";

type Dialog = "make" | "file" | "add" | "print" | "remove";

/** Pre-shared keys, by which devices until AMT 10 are set up: from a printed list, or by a stick. */
export function SetupKeysPage() {
  const { data, error, refetch } = useQuery(setupKeysQuery(useServer()));
  const navigate = useNavigate();
  const { new: isMaking = false, ...search } = keySearch(useSearch({ strict: false }));
  const setMaking = (isOpen: boolean): void =>
    void navigate({ to: "/setup-keys", search: isOpen ? { ...search, new: true } : search, replace: true });
  const [shown, setShown] = useState<Exclude<Dialog, "make">>();
  const choose = (dialog: Dialog): void => (dialog === "make" ? setMaking(true) : setShown(dialog));
  const [selection, setSelection] = useState(nothingSelected<SetupKey>());
  const close = (): void => setShown(undefined);
  useKeys({ n: () => setMaking(true), Escape: () => setSelection(nothingSelected()) });
  const batches = [...new Set((data?.items ?? []).map(({ batch }) => batch))].toSorted();
  return (
    <Page title="Setup keys" actions={<Actions onChoose={choose} hasKeys={batches.length > 0} />}>
      {data === undefined ? (
        error === null ? (
          <Waiting />
        ) : (
          <Failure error={error} onRetry={() => void refetch()} />
        )
      ) : data.items.length === 0 ? (
        <Empty title="There are no setup keys">
          Devices until AMT 10 can be set up by a PID and a PPS: typed in from a list, or read from a stick with a
          setup.bin. Newer ones need none. <br />
          <Button variant="default" size="compact-xs" mt="xs" onClick={() => setMaking(true)}>
            Make keys
          </Button>
        </Empty>
      ) : (
        <List all={data.items} batches={batches} selection={selection} onSelection={setSelection} />
      )}
      {selection.rows.size === 0 ? null : (
        <section className="action-bar" aria-label="Actions on the selection">
          <strong role="status">{countOf(selection.rows.size)} selected</strong>
          <Button ml="auto" variant="default" onClick={() => setShown("remove")}>
            Delete keys
          </Button>
        </section>
      )}
      <MakeKeysDialog isOpen={isMaking} onClose={() => setMaking(false)} />
      <SetupFileDialog isOpen={shown === "file"} onClose={close} />
      <AddKeysDialog isOpen={shown === "add"} onClose={close} />
      <PrintKeysDialog isOpen={shown === "print"} batches={batches} onClose={close} />
      <RemoveKeysDialog
        isOpen={shown === "remove"}
        keys={[...selection.rows.values()]}
        onClose={close}
        onRemoved={() => setSelection(nothingSelected())}
      />
    </Page>
  );
}

function Actions({ onChoose, hasKeys }: { readonly onChoose: (one: Dialog) => void; readonly hasKeys: boolean }) {
  return (
    <Group gap={0} wrap="nowrap">
      <Button
        className="split-left"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => onChoose("make")}
        title="n"
      >
        Make keys
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button className="split-right" px={6} aria-label="More for setup keys">
            <IconChevronDown size={14} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => onChoose("file")}>Make setup.bin for a stick</Menu.Item>
          <Menu.Item onClick={() => onChoose("add")}>Add keys that machines have</Menu.Item>
          <Menu.Item onClick={() => onChoose("print")} disabled={!hasKeys}>
            Print a batch again
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

interface ListProps {
  readonly all: readonly SetupKey[];
  readonly batches: readonly string[];
  readonly selection: ReturnType<typeof nothingSelected<SetupKey>>;
  readonly onSelection: (next: ReturnType<typeof nothingSelected<SetupKey>>) => void;
}

function List({ all, batches, selection, onSelection }: ListProps) {
  const navigate = useNavigate();
  const search = keySearch(useSearch({ strict: false }));
  const [active, setActive] = useState(0);
  const inBatch = all.filter(({ batch }) => search.batch === undefined || batch === search.batch);
  const rows = inBatch.filter(({ usedAt }) => search.used === undefined || (usedAt !== null) === search.used);
  const change = (next: KeySearch): void => {
    onSelection(nothingSelected());
    void navigate({ to: "/setup-keys", search: next, replace: true });
  };
  const { used: _used, ...anyUse } = search;
  const keyOf = ({ pid }: SetupKey): string => pid;
  const selectAll = (): void =>
    onSelection(selection.rows.size === rows.length ? nothingSelected() : selectionOf(rows, keyOf));
  const usedCount = inBatch.filter(({ usedAt }) => usedAt !== null).length;
  return (
    <>
      <div className="toolbar">
        <NativeSelect
          aria-label="Batch"
          value={search.batch ?? ""}
          data={[{ value: "", label: "Every batch" }, ...batches.map((one) => ({ value: one, label: one }))]}
          onChange={({ currentTarget: { value } }) => {
            const { batch: _batch, ...rest } = search;
            change(value === "" ? rest : { ...rest, batch: value });
          }}
        />
        <button type="button" className="chip" aria-pressed={search.used === undefined} onClick={() => change(anyUse)}>
          All {countOf(inBatch.length)}
        </button>
        <button
          type="button"
          className="chip"
          aria-pressed={search.used === false}
          onClick={() => change({ ...search, used: false })}
        >
          Unused {countOf(inBatch.length - usedCount)}
        </button>
        <button
          type="button"
          className="chip"
          aria-pressed={search.used === true}
          onClick={() => change({ ...search, used: true })}
        >
          Used {countOf(usedCount)}
        </button>
      </div>
      {rows.length === 0 ? (
        <Empty title="No key is like that" />
      ) : (
        <Table
          id="setup-keys"
          label="Setup keys"
          columns={columns}
          total={rows.length}
          rowAt={(index) => rows[index]}
          keyOf={keyOf}
          nameOf={({ pid }) => withDash(pid)}
          onRange={() => undefined}
          active={active}
          onActive={setActive}
          onOpen={(index) => {
            const device = rows[index]?.device;
            if (device !== undefined && device !== null) void navigate({ to: "/devices/$id", params: { id: device } });
          }}
          selection={{
            has: (key) => selection.rows.has(key),
            extent: selection.rows.size === 0 ? "none" : selection.rows.size === rows.length ? "all" : "some",
            onAll: selectAll,
            onToggle: (index, isRange) => {
              const row = rows[index];
              if (row === undefined) return;
              onSelection(
                isRange ? extended(selection, index, (at) => rows[at], keyOf) : toggled(selection, index, row.pid, row),
              );
            },
          }}
        />
      )}
    </>
  );
}

const columns: readonly Column<SetupKey>[] = [
  { name: "pid", title: "PID", min: 130, grow: 0, cell: ({ pid }) => <span className="mono">{withDash(pid)}</span> },
  { name: "batch", title: "Batch", min: 160, grow: 1, cell: ({ batch }) => batch },
  {
    name: "medium",
    title: "By",
    min: 120,
    grow: 0,
    cell: ({ medium }) => (medium === "usb" ? "stick" : "printed list"),
  },
  { name: "made", title: "Made", min: 110, grow: 0, cell: ({ madeAt }) => <Age at={madeAt} /> },
  {
    name: "state",
    title: "State",
    min: 260,
    grow: 2,
    cell: ({ device, usedAt }) =>
      device === null ? (
        <span className="dim">unused</span>
      ) : (
        <>
          set up{" "}
          <Link to="/devices/$id" params={{ id: device }} className="mono" tabIndex={-1}>
            {device.slice(0, 8)}…
          </Link>{" "}
          <Age at={usedAt} />
        </>
      ),
  },
];
