import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ErrorReport } from "@vigil/api/resources/common.ts";
import { failureOf } from "../queries.ts";

/** What went wrong: the plain sentence, what to do next, and the code with its runbook. */
export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  return <ReportedFailure report={failureOf(error)} {...(onRetry === undefined ? {} : { onRetry })} />;
}

/** The same of a failure that has been told already, as a session's is. */
export function ReportedFailure({ report, onRetry }: { readonly report: ErrorReport; readonly onRetry?: () => void }) {
  return (
    <div role="alert" className="failure">
      <IconAlertTriangle size={18} aria-hidden />
      <div>
        <p className="failure-title">{report.message}</p>
        <p>{report.next}.</p>
        <Code report={report} />
      </div>
      {onRetry === undefined ? null : (
        <Button variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** A code that leads to its runbook, with its details on hover. */
export function Code({ report }: { readonly report: ErrorReport }) {
  const details = Object.entries(report.details).map(([name, value]) => `${name}: ${String(value)}`);
  return (
    <a
      className="code"
      href={`/runbooks/${report.code}`}
      target="_blank"
      rel="noreferrer"
      title={["Opens the runbook", ...details].join("\n")}
    >
      <code>{report.code}</code>
    </a>
  );
}

/** An error in one line of a table. */
export function ShortFailure({ report }: { readonly report: ErrorReport }) {
  return (
    <span className="bad" title={`${report.message}. ${report.next}.`}>
      {report.message} <Code report={report} />
    </span>
  );
}
