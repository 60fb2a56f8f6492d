import type { ReactNode } from "react";

/** Names and values under each other. A value that is not known yet is a dash. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{value === null || value === undefined || value === "" ? <span className="dim">—</span> : value}</dd>
        </div>
      ))}
    </dl>
  );
}
