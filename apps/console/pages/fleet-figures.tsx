import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { countOf } from "../ages.ts";
import { summaryQuery } from "../queries.ts";
import { useServer } from "../server.ts";
import type { FleetSearch } from "./fleet-search.ts";

interface FleetFiguresProps {
  readonly search: FleetSearch;
  readonly onChange: (next: FleetSearch) => void;
}

/** Four figures that are filters, too. */
export function FleetFigures({ search, onChange }: FleetFiguresProps) {
  const { data } = useQuery(summaryQuery(useServer()));
  const { reachable, attention, state, ...rest } = search;
  const { total = 0 } = data ?? {};
  const figures = [
    {
      title: "Reachable now",
      value: data?.reachable,
      isOn: reachable === true,
      next: reachable === true ? rest : { ...rest, reachable: true },
      tone: "plain",
    },
    {
      title: "Needs attention",
      value: data?.attention,
      isOn: attention === true,
      next: attention === true ? rest : { ...rest, attention: true },
      tone: (data?.attention ?? 0) > 0 ? "bad" : "plain",
    },
    {
      title: "Provisioned",
      value: data?.provisioned,
      isOn: state === "provisioned",
      next: state === "provisioned" ? rest : { ...rest, state: "provisioned" as const },
      tone: "plain",
    },
  ] as const;
  return (
    <section className="figures" aria-label="Figures">
      {figures.map(({ title, value, isOn, next, tone }) => (
        <button
          key={title}
          type="button"
          className="figure"
          aria-pressed={isOn}
          data-tone={tone}
          onClick={() => onChange(next)}
        >
          <span className="figure-value">
            {value === undefined ? <span className="skeleton" style={{ width: 32 }} /> : countOf(value)}
          </span>
          <span className="figure-title">
            {title} <span className="dim">of {countOf(total)}</span>
          </span>
        </button>
      ))}
      <Link to="/jobs" className="figure">
        <span className="figure-value">
          {data === undefined ? <span className="skeleton" style={{ width: 32 }} /> : data.runningRuns}
        </span>
        <span className="figure-title">Running jobs</span>
      </Link>
    </section>
  );
}
