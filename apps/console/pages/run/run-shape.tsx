import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { stopInWords } from "@vigil/api/resources/job-definition.ts";
import type { Run } from "@vigil/api/resources/runs.ts";
import { countOf, devicesOf } from "../../ages.ts";
import { Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";

/** Chosen: the counts of a step are counted from every device's trail. */
const everyMs = 2_000;

/** The waves and steps of a run, with how many devices stand at each. */
export function RunShape({ run }: { readonly run: Run }) {
  return (
    <aside className="run-shape" aria-label="Waves and steps">
      {run.waves.length > 1 ? (
        <section>
          <h2>Waves</h2>
          <ol className="shape-list" aria-label="Waves">
            {run.waves.map((size, index) => (
              // A wave has no other name than its number.
              // oxlint-disable-next-line react/no-array-index-key
              <li key={index} data-now={run.finishedAt === null && run.wave === index + 1}>
                <span>Wave {index + 1}</span>
                <span className="dim">
                  {devicesOf(size)} · {waveWord(run, index + 1)}
                </span>
              </li>
            ))}
          </ol>
          <p className="dim">Pauses by itself {stopInWords(run.limits)}</p>
        </section>
      ) : null}
      <Steps run={run} />
    </aside>
  );
}

function waveWord(run: Run, wave: number): string {
  if (run.finishedAt !== null) return wave <= run.wave ? "ended" : "never begun";
  return wave < run.wave ? "ended" : wave === run.wave ? "now" : "next";
}

function Steps({ run }: { readonly run: Run }) {
  const server = useServer();
  const { data, error, refetch } = useQuery({
    queryKey: [...keys.resultWindows(run.id), "steps"],
    queryFn: ({ signal }) => server.runs.steps({ params: { id: run.id }, signal }),
    refetchInterval: run.finishedAt === null ? everyMs : false,
    placeholderData: keepPreviousData,
  });
  if (data === undefined) {
    return error === null ? <Waiting rows={4} /> : <Failure error={error} onRetry={() => void refetch()} />;
  }
  return (
    <section>
      <h2>Steps</h2>
      <ol className="shape-list" aria-label="Steps">
        {data.items.map(({ path, counts }) => (
          <li key={path} style={{ paddingLeft: 12 + 14 * (path.split(" / ").length - 1) }}>
            <span className="clip" title={path}>
              {path.split(" / ").at(-1)}
            </span>
            <span className="dim">
              {order
                .filter((one) => counts[one] > 0)
                .map((one) => (
                  <span key={one} className={tones[one]}>
                    {countOf(counts[one])} {one}
                  </span>
                ))}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const order = ["failed", "unknown", "running", "waiting", "succeeded", "skipped"] as const;
const tones = { failed: "bad", unknown: "warn", running: "accent", waiting: "", succeeded: "", skipped: "" } as const;
