import { useQuery } from "@tanstack/react-query";
import type { AttemptNote, ProvisioningAttempt } from "@vigil/api/resources/provisioning.ts";
import { durationOf } from "../ages.ts";
import { Empty, Waiting } from "../parts/empty.tsx";
import { Code, Failure } from "../parts/failure.tsx";
import { Age } from "../parts/now.tsx";
import { deviceProvisioningQuery } from "../queries.ts";
import { useServer } from "../server.ts";

const words = {
  running: "under way",
  done: "provisioned",
  postponed: "failed, tried again later",
  failed: "failed",
  interrupted: "the server stopped in the middle",
} as const satisfies Readonly<Record<ProvisioningAttempt["outcome"], string>>;

/** What each of the last attempts to provision the device did, step by step; the one under way moves as it goes. */
export function DeviceAttempts({ uuid }: { readonly uuid: string }) {
  const { data, error, refetch } = useQuery(deviceProvisioningQuery(useServer(), uuid));
  if (data === undefined)
    return error === null ? <Waiting /> : <Failure error={error} onRetry={() => void refetch()} />;
  if (data.attempts.length === 0) {
    return (
      <section className="panel" aria-label="Attempts">
        <h2>Attempts</h2>
        <Empty title="Nobody has tried to provision it yet">It is tried as soon as it says hello.</Empty>
      </section>
    );
  }
  return (
    <section className="panel" aria-label="Attempts">
      <h2>Attempts</h2>
      {data.attempts.map((attempt, index) => (
        <Attempt key={attempt.number} attempt={attempt} isNewest={index === 0} />
      ))}
    </section>
  );
}

function Attempt({ attempt, isNewest }: { readonly attempt: ProvisioningAttempt; readonly isNewest: boolean }) {
  const { number, outcome, startedAt, endedAt, address, lane, notes, error } = attempt;
  return (
    <details className="attempt" open={isNewest}>
      <summary>
        <strong>Attempt {number}</strong> <span data-outcome={outcome}>{words[outcome]}</span>{" "}
        <span className="dim">
          <Age at={startedAt} />
          {endedAt === null ? null : `, ${durationOf(Date.parse(endedAt) - Date.parse(startedAt))}`} · {address} ·{" "}
          {lane} lane
        </span>
      </summary>
      {error === null ? null : (
        <p className="attempt-end bad">
          {error.message} <Code report={error} />
        </p>
      )}
      <ol className="timeline attempt-notes" aria-label={`Steps of attempt ${number}`}>
        {notes.map((note, index) => (
          <Note key={`${note.at} ${index}`} note={note} />
        ))}
      </ol>
    </details>
  );
}

const outcomes = { running: "running", done: "succeeded", same: "none", failed: "failed" } as const;

function Note({ note }: { readonly note: AttemptNote }) {
  const { kind, name, ms, outcome, facts, compared, wrote, error } = note;
  return (
    <li data-outcome={outcomes[outcome]}>
      <span className="dim attempt-span">{ms === null ? "…" : durationOf(ms)}</span>
      <div>
        <span className={outcome === "same" ? "dim" : ""}>
          {name}
          {outcome === "same" ? ": as it should be" : null}
          {outcome === "running" ? ": under way" : null}
        </span>{" "}
        {error === null ? null : (
          <span className="bad">
            {error.message} <Code report={error} />
          </span>
        )}
        {kind === "meeting" ? (
          <ul className="attempt-facts">
            {Object.entries(facts).map(([fact, value]) => (
              <li key={fact}>
                <span className="dim">{fact}</span> {value}
              </li>
            ))}
          </ul>
        ) : null}
        {compared.length === 0 ? null : (
          <ul className="attempt-facts">
            {compared.map(({ setting, found, wanted }) => (
              <li key={setting}>
                <code>{setting}</code> <span className="dim">was</span> {found === "" ? "empty" : found}{" "}
                <span className="dim">wanted</span> {wanted}
              </li>
            ))}
          </ul>
        )}
        {wrote.map(({ className, method, fields }, index) => (
          <p key={index} className="attempt-write">
            <code>
              {className}.{method}
            </code>{" "}
            {fields.map(({ name: field, before, after }) => (
              <span key={field} className="attempt-field">
                <span className="dim">{field}</span> {before === null ? null : <del>{before}</del>} {after}
              </span>
            ))}
          </p>
        ))}
      </div>
    </li>
  );
}
