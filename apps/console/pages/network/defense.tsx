import type { DeviceNetwork } from "@vigil/api/resources/device-network.ts";
import { countOf } from "../../ages.ts";
import { Age } from "../../parts/now.tsx";
import { TitledTable } from "../../parts/titled-table.tsx";
import { filterActionOf } from "./network-words.ts";

type Defense = NonNullable<DeviceNetwork["defense"]>;
type Policy = Defense["policies"][number];

/** Filters on the host's network traffic, what puts them in force, and what they have matched. */
export function SystemDefense({
  defense: { policies, filters, mostPolicies, mostFilters },
}: {
  readonly defense: Defense;
}) {
  const nameOf = (handle: number): string => filters.find((one) => one.handle === handle)?.name ?? `filter ${handle}`;
  const isStrict = ({ dropsOtherTransmit, dropsOtherReceive, filterHandles }: Policy): boolean =>
    dropsOtherTransmit ||
    dropsOtherReceive ||
    filters.some(({ handle, action }) => filterHandles.includes(handle) && !/pass$/i.test(action));
  const policiesOf = (handle: number): string =>
    policies
      .filter(({ filterHandles }) => filterHandles.includes(handle))
      .map(({ name }) => name)
      .join(", ");
  return (
    <>
      <TitledTable
        title="System Defense policies"
        rows={policies}
        none={`None: all of the host's traffic passes. The firmware holds up to ${mostPolicies} policies of ${mostFilters} filters.`}
        columns={[
          { title: "Policy", cell: ({ name }) => name },
          { title: "State", cell: (policy) => <State policy={policy} isStrict={isStrict(policy)} /> },
          { title: "Precedence", width: "100px", isNumber: true, cell: ({ precedence }) => precedence },
          { title: "Filters", cell: ({ filterHandles }) => filterHandles.map(nameOf).join(", ") },
          { title: "All other packets", cell: (policy) => othersOf(policy) },
        ]}
      />
      <TitledTable
        title="System Defense filters"
        rows={filters}
        columns={[
          { title: "Filter", cell: ({ name }) => name },
          { title: "In", cell: ({ handle }) => policiesOf(handle) || <span className="dim">no policy</span> },
          {
            title: "Packets",
            width: "90px",
            cell: ({ direction }) => (direction === "transmit" ? "sent" : "received"),
          },
          { title: "Does", cell: (filter) => filterActionOf(filter) },
          { title: "Reports", width: "80px", cell: ({ isReported }) => (isReported ? "yes" : "no") },
          {
            title: "Matched",
            isNumber: true,
            cell: ({ matched }) => (matched === null ? null : countOf(matched.packets)),
          },
          {
            title: "Since",
            width: "110px",
            cell: ({ matched }) => (matched?.since ? <Age at={matched.since} /> : null),
          },
        ]}
      />
    </>
  );
}

/** Amber when traffic is held up by it. */
function State({
  policy: { isInForce, minutesInForce },
  isStrict,
}: {
  readonly policy: Policy;
  readonly isStrict: boolean;
}) {
  if (!isInForce) return <span className="dim">not in force</span>;
  const words = `in force${minutesInForce === 0 ? "" : `, for ${minutesInForce} min`}`;
  return isStrict ? <span className="warn">▲ {words}</span> : words;
}

function othersOf({ dropsOtherTransmit, dropsOtherReceive }: Policy): string {
  if (dropsOtherTransmit && dropsOtherReceive) return "dropped both ways";
  if (dropsOtherTransmit) return "sent ones dropped";
  return dropsOtherReceive ? "received ones dropped" : "pass";
}
