import { IconKey, IconLock } from "@tabler/icons-react";
import type { ModelMember } from "@vigil/api/resources/explorer.ts";
import { Age } from "../../parts/now.tsx";
import { shownOf, type Reference, type Shown } from "./values.ts";

interface InstanceTableProps {
  readonly label: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly members: ReadonlyMap<string, ModelMember>;
  readonly unknown: readonly string[];
  readonly unreadable: readonly string[];
  readonly onReference: (to: Reference) => void;
}

/** One instance or result: property, value, meaning. */
export function InstanceTable({ label, value, members, unknown, unreadable, onReference }: InstanceTableProps) {
  return (
    <table className="explorer-instance" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Property</th>
          <th scope="col">Value</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(value).map(([name, one]) => {
          const member = members.get(name);
          const shown = shownOf(one, member);
          const isUnreadable = unreadable.includes(name);
          return (
            <tr key={name}>
              <th scope="row">
                <span className="explorer-property">
                  {name}
                  {member?.isKey === true ? <IconKey size={12} aria-label="key" /> : null}
                </span>
              </th>
              <td className="mono wrap">
                <ShownValue shown={shown} onReference={onReference} />
              </td>
              <td className="dim">
                {unknown.includes(name) ? <span className="explorer-mark">not in the model</span> : null}
                {isUnreadable ? <span className="explorer-mark">not of its type</span> : null}
                {shown.at === undefined ? shown.meaning : <Age at={shown.at} />}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** A value as text, marked when it is none, empty or sealed. */
export function ShownValue({
  shown: { text, look, reference },
  onReference,
}: {
  readonly shown: Shown;
  readonly onReference: (to: Reference) => void;
}) {
  if (look === "sealed") {
    return (
      <span className="explorer-sealed" title="A secret: Vigil never shows it">
        <IconLock size={12} aria-hidden /> sealed
      </span>
    );
  }
  if (reference !== undefined) {
    return (
      <button type="button" className="explorer-reference" onClick={() => onReference(reference)}>
        {text}
      </button>
    );
  }
  return look === undefined ? text : <span className="dim explorer-none">{text}</span>;
}
