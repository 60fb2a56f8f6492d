import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Table } from "./table.tsx";
import type { Column } from "./table-columns.ts";
import type { Windowed } from "./windows.ts";

/** What every row about a device says of it. */
interface DeviceRow {
  readonly uuid: string;
  readonly hostName: string | null;
  readonly address: string;
}

interface DeviceTableProps<Row> {
  /** Under which the widths of its columns are kept. */
  readonly id: string;
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly list: Windowed<Row>;
  /** Rows that are drawn empty until the first answer. */
  readonly expected: number;
}

/** Rows about one device each, window by window. Opening a row opens its device. */
export function DeviceTable<Row extends DeviceRow>({ id, label, columns, list, expected }: DeviceTableProps<Row>) {
  const navigate = useNavigate();
  const [active, setActive] = useState(0);
  return (
    <Table
      id={id}
      label={label}
      columns={columns}
      total={list.total ?? expected}
      rowAt={list.rowAt}
      keyOf={({ uuid }) => uuid}
      nameOf={nameOf}
      onRange={list.onRange}
      active={active}
      onActive={setActive}
      onOpen={(index) => {
        const row = list.rowAt(index);
        if (row !== undefined) void navigate({ to: "/devices/$id", params: { id: row.uuid } });
      }}
      isOld={list.isOld}
    />
  );
}

/** The columns that say which device a row is about. */
export const deviceColumns = [
  {
    name: "device",
    title: "Device",
    min: 150,
    grow: 1,
    cell: (row) => (
      <Link to="/devices/$id" params={{ id: row.uuid }} tabIndex={-1}>
        {nameOf(row)}
      </Link>
    ),
  },
  {
    name: "address",
    title: "Address",
    min: 120,
    grow: 0,
    cell: ({ address }) => <span className="mono">{address}</span>,
  },
] as const satisfies readonly Column<DeviceRow>[];

function nameOf({ hostName, address }: DeviceRow): string {
  return hostName ?? address;
}
