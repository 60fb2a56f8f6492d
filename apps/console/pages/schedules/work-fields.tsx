import { NativeSelect, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { usualOf } from "@vigil/api/operation-values.ts";
import { operationNames, operations, parametersOf } from "@vigil/api/operations.ts";
import type { Job } from "@vigil/api/resources/jobs.ts";
import type { ScheduledWork } from "@vigil/api/resources/schedules.ts";
import { useServer } from "../../server.ts";
import { jobsQuery, jobVersionsQuery } from "../jobs/queries.ts";
import { ParameterSelect } from "../../parts/parameter-select.tsx";
import { riskOfJob, riskOfOperation, riskWords, type Risk } from "./words.ts";

interface WorkFieldsProps {
  readonly work: ScheduledWork;
  readonly onWork: (work: ScheduledWork) => void;
  readonly error: ReactNode;
}

const kinds = [
  { value: "operation", label: "An operation" },
  { value: "job", label: "A job" },
];

/** What is started: one operation with its choices, or a job in one of its versions. */
export function WorkFields({ work, onWork, error }: WorkFieldsProps) {
  const { data } = useQuery(jobsQuery(useServer()));
  const jobs = data?.items ?? [];
  const isJob = "job" in work;
  return (
    <fieldset className="part">
      <legend>What starts</legend>
      <SegmentedControl
        aria-label="What starts"
        data={kinds}
        value={isJob ? "job" : "operation"}
        onChange={(kind) =>
          onWork(
            kind === "job"
              ? { job: jobs[0]?.name ?? "", version: "newest" }
              : { operation: "power.state", parameters: {} },
          )
        }
        fullWidth
      />
      {isJob ? (
        <JobFields work={work} jobs={jobs} isLoaded={data !== undefined} onWork={onWork} error={error} />
      ) : (
        <OperationFields work={work} onWork={onWork} error={error} />
      )}
    </fieldset>
  );
}

type OperationWork = Extract<ScheduledWork, { operation: unknown }>;
type JobWork = Extract<ScheduledWork, { job: unknown }>;

function OperationFields({ work, onWork, error }: WorkFieldsProps & { readonly work: OperationWork }) {
  const { operation, parameters } = work;
  return (
    <>
      <NativeSelect
        label="Operation"
        value={operation}
        error={error}
        onChange={({ currentTarget }) => {
          const next = operationNames.find((name) => name === currentTarget.value);
          if (next !== undefined) onWork({ operation: next, parameters: {} });
        }}
        data={(["read", "quiet", "disruptive", "dangerous"] as const).map((risk) => ({
          group: riskWords[risk],
          items: operationNames
            .filter((name) => riskOfOperation(name) === risk)
            .map((name) => ({ value: name, label: operations[name].title })),
        }))}
      />
      {Object.entries(parametersOf(operation)).map(([name, parameter]) => (
        <ParameterSelect
          key={name}
          parameter={parameter}
          value={parameters[name] ?? usualOf(parameter) ?? ""}
          onChange={(value) => onWork({ operation, parameters: { ...parameters, [name]: value } })}
        />
      ))}
      <RiskLine risk={riskOfOperation(operation)} effect={operations[operation].effect} />
    </>
  );
}

function JobFields({
  work,
  jobs,
  isLoaded,
  onWork,
  error,
}: WorkFieldsProps & { readonly work: JobWork; readonly jobs: readonly Job[]; readonly isLoaded: boolean }) {
  const { job, version } = work;
  const known = jobs.find(({ name }) => name === job);
  const { data: versions } = useQuery({ ...jobVersionsQuery(useServer(), job), enabled: known !== undefined });
  const definition = versions?.items.find((one) => one.version === version)?.definition ?? known?.definition;
  if (isLoaded && jobs.length === 0 && job === "") {
    return <p className="dim">There is no job yet: make one first, on the page of jobs.</p>;
  }
  return (
    <>
      <div className="part-row">
        <NativeSelect
          label="Job"
          value={job}
          error={error}
          onChange={({ currentTarget }) => onWork({ job: currentTarget.value, version: "newest" })}
          data={[
            ...(known === undefined && isLoaded ? [{ value: job, label: `${job} (is gone)` }] : []),
            ...jobs.map(({ name }) => ({ value: name, label: name })),
          ]}
        />
        <NativeSelect
          label="Version"
          value={String(version)}
          onChange={({ currentTarget }) =>
            onWork({ job, version: currentTarget.value === "newest" ? "newest" : Number(currentTarget.value) })
          }
          data={[
            { value: "newest", label: "whichever is newest then" },
            ...(versions?.items.map((one) => String(one.version)) ?? (version === "newest" ? [] : [String(version)])),
          ]}
        />
      </div>
      {definition === undefined ? null : (
        <RiskLine risk={riskOfJob(definition)} effect={definition.steps.map(({ name }) => name).join(", then ")} />
      )}
    </>
  );
}

/** What it does to a machine; what harms somebody stands out by its words and its mark. */
function RiskLine({ risk, effect }: { readonly risk: Risk; readonly effect: string }) {
  const isQuiet = risk === "read" || risk === "quiet";
  return (
    <p className={isQuiet ? "dim field-note" : "warning"} role="note">
      {isQuiet ? null : <strong>{riskWords[risk]}. </strong>}
      {effect}.
    </p>
  );
}
