import { Button, Checkbox, FileInput, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { mostCsvBytes, type ImportReport } from "@vigil/api/resources/assignments.ts";
import { countOf } from "../../ages.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Failure } from "../../parts/failure.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";

/** Takes a list: first what it would do, or what is wrong with which line; then, when nothing is, the list. */
export function ImportDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Import a list of devices" size="xl">
      {isOpen ? <Form onClose={onClose} /> : null}
    </Modal>
  );
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [isReplacing, setReplacing] = useState(false);
  const take = async (isDryRun: boolean): Promise<ImportReport> => {
    const csv = (await file?.text()) ?? "";
    return server.assignments.importEntries({ body: { csv, mode: isReplacing ? "replace" : "merge", isDryRun } });
  };
  const look = useMutation({ mutationFn: () => take(true) });
  const store = useMutation({
    mutationFn: () => take(false),
    onSuccess: async ({ isStored }) => {
      await cache.invalidateQueries({ queryKey: keys.assignmentEntries });
      if (isStored) onClose();
    },
  });
  const report = store.data ?? look.data;
  const isGood = report !== undefined && report.problemCount === 0;
  const tooLarge =
    file !== null && file.size > mostCsvBytes ? "The file is larger than 8 MiB: import it in parts" : undefined;
  const changed = (): void => {
    look.reset();
    store.reset();
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isGood) store.mutate();
        else look.mutate();
      }}
    >
      <FileInput
        label="File"
        description="Comma-separated values with a first line that names the columns: UUID, MAC, Serial, Host name, DNS suffix, OU, Profile"
        placeholder="Choose a file"
        accept=".csv,.txt,text/csv"
        value={file}
        error={tooLarge}
        onChange={(chosen) => {
          setFile(chosen);
          changed();
        }}
        data-autofocus
      />
      <Checkbox
        label="In place of all entries, not beside them"
        checked={isReplacing}
        onChange={(event) => {
          setReplacing(event.currentTarget.checked);
          changed();
        }}
      />
      {report === undefined ? null : <Report report={report} />}
      {look.isError ? <Failure error={look.error} /> : null}
      {store.isError ? <Failure error={store.error} /> : null}
      <DialogButtons onClose={onClose}>
        {isGood ? (
          <Button type="submit" loading={store.isPending}>
            Import {countOf(report.rows)} {report.rows === 1 ? "line" : "lines"}
          </Button>
        ) : (
          <Button
            type="submit"
            loading={look.isPending}
            disabled={file === null || tooLarge !== undefined}
            title={file === null ? "Choose a file first" : tooLarge}
          >
            Check list
          </Button>
        )}
      </DialogButtons>
    </form>
  );
}

function Report({ report }: { readonly report: ImportReport }) {
  const { problems, problemCount, added, changed, unchanged, removed, sample, rows } = report;
  if (problemCount > 0) {
    return (
      <section aria-label="Problems">
        <p className="bad" role="alert">
          Nothing can be imported: {countOf(problemCount)} {problemCount === 1 ? "problem" : "problems"}
          {problemCount > problems.length ? `, the first ${problems.length} are shown` : ""}
        </p>
        <ol className="trace import-problems" aria-label="Problems of the list" tabIndex={0}>
          {problems.map(({ line, column, found, problem, next }, index) => (
            <li key={index}>
              <p>
                <span className="mono">
                  Line {line}
                  {column === null ? "" : `, ${column}`}
                </span>{" "}
                {problem}
                {found === "" ? null : (
                  <>
                    : <span className="mono">{found}</span>
                  </>
                )}
              </p>
              <p className="dim">{next}.</p>
            </li>
          ))}
        </ol>
      </section>
    );
  }
  return (
    <section aria-label="Preview">
      <p role="status">
        {countOf(added)} new, {countOf(changed)} changed, {countOf(unchanged)} as they were,{" "}
        <span className={removed > 0 ? "warn" : ""}>{countOf(removed)} removed</span>
      </p>
      <PlainTable
        label={`The first ${sample.length} of ${rows} lines`}
        rows={sample.map((one, index) => ({ ...one, index }))}
        keyOf={({ index }) => String(index)}
        columns={[
          {
            title: "Device",
            cell: ({ uuid, mac, serialNumber }) => <span className="mono">{uuid ?? mac ?? serialNumber}</span>,
          },
          { title: "Host name", width: "140px", cell: ({ hostName }) => hostName },
          { title: "DNS suffix", width: "130px", cell: ({ domainName }) => domainName },
          { title: "OU", cell: ({ organizationalUnit }) => organizationalUnit },
          { title: "Profile", width: "100px", cell: ({ profile }) => profile },
        ]}
      />
    </section>
  );
}
