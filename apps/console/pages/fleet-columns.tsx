import { Link } from "@tanstack/react-router";
import type { DeviceSummary } from "@vigil/api/resources/devices.ts";
import { Code } from "../parts/failure.tsx";
import { Age } from "../parts/now.tsx";
import { DeviceStateMark, IsolationMark, PowerMark } from "../parts/states.tsx";
import type { Column } from "../parts/table-columns.ts";

/** Columns of the device list; an operator chooses among them. */
export const fleetColumns: readonly Column<DeviceSummary>[] = [
  {
    name: "hostName",
    title: "Host name",
    min: 150,
    grow: 2,
    sortBy: "hostName",
    cell: ({ uuid, hostName, address }) => (
      <Link to="/devices/$id" params={{ id: uuid }} tabIndex={-1}>
        {hostName ?? address}
      </Link>
    ),
  },
  {
    name: "state",
    title: "State",
    min: 150,
    grow: 2,
    sortBy: "state",
    cell: ({ state, step, error, isolation }) =>
      isolation !== null ? (
        <span className="cell-row">
          <DeviceStateMark state={state} />
          <IsolationMark isolation={isolation} />
        </span>
      ) : error !== null && state !== "provisioned" ? (
        <span className="cell-row">
          <DeviceStateMark state={state} />
          <Code report={error} />
        </span>
      ) : (
        <DeviceStateMark state={state} step={state === "provisioning" ? step : null} />
      ),
  },
  {
    name: "power",
    title: "Power",
    min: 96,
    grow: 0,
    sortBy: "power",
    cell: ({ power }) => <PowerMark power={power} />,
  },
  {
    name: "address",
    title: "Address",
    min: 120,
    grow: 1,
    sortBy: "address",
    cell: ({ address }) => <span className="mono">{address}</span>,
  },
  {
    name: "release",
    title: "Release",
    min: 88,
    grow: 0,
    sortBy: "release",
    cell: ({ release }) => release ?? <span className="dim">—</span>,
  },
  {
    name: "model",
    title: "Model",
    min: 130,
    grow: 1.4,
    sortBy: "model",
    cell: ({ model }) => model ?? <span className="dim">—</span>,
  },
  {
    name: "lastSeen",
    title: "Seen",
    min: 104,
    grow: 0,
    sortBy: "lastSeenAt",
    cell: ({ lastSeenAt, isReachable }) =>
      isReachable ? <Age at={lastSeenAt} /> : <span className="bad">not reachable</span>,
  },
  { name: "uuid", title: "UUID", min: 270, grow: 0, cell: ({ uuid }) => <span className="mono">{uuid}</span> },
];

/** Shown until an operator chooses otherwise. */
export const usualColumns: readonly string[] = [
  "hostName",
  "state",
  "power",
  "address",
  "release",
  "model",
  "lastSeen",
];
