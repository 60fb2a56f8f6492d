import { IconCircleCheckFilled, IconCircleDashed, IconHelpCircle, IconX } from "@tabler/icons-react";
import type { Considered, ConditionVerdict, Explanation } from "@vigil/api/resources/assignments.ts";
import { Code } from "../../parts/failure.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { conditionTitles, fieldTitles } from "./draft.ts";

const shown = ["hostName", "domainName", "organizationalUnit", "profile"] as const;

/** What a device gets with what gives it, and each rule with each of its conditions. */
export function Trace({ explanation }: { readonly explanation: Explanation }) {
  const { outcome, considered, problem } = explanation;
  return (
    <>
      {problem === null ? null : (
        <div role="alert" className="failure">
          <div>
            <p className="failure-title">{problem.message}</p>
            <p>{problem.next}.</p>
            <Code report={{ ...problem, details: problem.details }} />
          </div>
        </div>
      )}
      <PlainTable
        label="What it gets"
        rows={shown.map((field) => ({ field, ...outcome[field] }))}
        keyOf={({ field }) => field}
        columns={[
          { title: "It gets", width: "160px", cell: ({ field }) => fieldTitles[field] },
          {
            title: "Value",
            cell: ({ value }) =>
              value === "" ? (
                <span className="dim">—</span>
              ) : (
                <span className="mono" title={value}>
                  {value}
                </span>
              ),
          },
          { title: "Because of", cell: ({ from }) => from },
        ]}
      />
      {considered.length === 0 ? (
        <p className="dim padded">No rule and no entry has anything to say: its profile decides.</p>
      ) : null}
      <ol className="trace" aria-label="Rules and entries, in the order in which they were asked">
        {considered.map((one, index) => (
          <Step key={index} one={one} />
        ))}
      </ol>
    </>
  );
}

const words = { matches: "matches", differs: "does not match", unknown: "cannot be told", off: "is off" } as const;

function Step({ one }: { readonly one: Considered }) {
  const { source, name, verdict, conditions, webhook, lacks, gives } = one;
  return (
    <li data-verdict={verdict}>
      <p className="trace-title">
        <Mark
          verdict={verdict === "matches" ? "holds" : verdict === "differs" ? "fails" : "unknown"}
          isOff={verdict === "off"}
        />
        <span>
          {source === "entry" ? `Entry ${name}` : name} <span className="dim">{words[verdict]}</span>
        </span>
        {gives.length === 0 ? null : (
          <span className="good">gives {gives.map((field) => fieldTitles[field].toLowerCase()).join(", ")}</span>
        )}
      </p>
      <ul>
        {conditions.map((condition, index) => (
          <li key={index} className="trace-condition">
            <Mark verdict={condition.verdict} isOff={false} />
            <span>
              {condition.fact === null ? conditionTitles[condition.on] : `Fact ${condition.fact}`}{" "}
              <span className="mono">{condition.found ?? "not known"}</span>
              <span className="dim">, wanted </span>
              <span className="mono">{condition.wanted}</span>
            </span>
          </li>
        ))}
        {lacks.length === 0 ? null : (
          <li className="trace-condition warn">No host name: nothing is known of {lacks.join(", ")}</li>
        )}
        {webhook === null ? null : (
          <li className="trace-condition">
            <span>
              <span className="mono">{webhook.url}</span>{" "}
              {webhook.result === "not-asked" ? "was not asked" : webhook.result}{" "}
              {webhook.error === null ? null : <Code report={webhook.error} />}
            </span>
          </li>
        )}
      </ul>
    </li>
  );
}

function Mark({ verdict, isOff }: { readonly verdict: ConditionVerdict["verdict"]; readonly isOff: boolean }) {
  if (isOff) return <IconCircleDashed size={14} role="img" aria-label="off" className="dim" />;
  if (verdict === "holds") return <IconCircleCheckFilled size={14} role="img" aria-label="holds" className="good" />;
  if (verdict === "fails") return <IconX size={14} role="img" aria-label="fails" className="dim" />;
  return <IconHelpCircle size={14} role="img" aria-label="not known" className="warn" />;
}
