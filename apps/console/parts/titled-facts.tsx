import type { ComponentProps, ReactNode } from "react";
import { Facts } from "./facts.tsx";

interface TitledFactsProps extends ComponentProps<typeof Facts> {
  readonly title: string;
  /** What can be done about it. */
  readonly children?: ReactNode;
}

/** A panel with names and values under its title. */
export function TitledFacts({ title, facts, children }: TitledFactsProps) {
  return (
    <section className="panel" aria-label={title}>
      <h2>{title}</h2>
      <div className="padded">
        <Facts facts={facts} />
        {children}
      </div>
    </section>
  );
}
