import { Modal, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { devicesOf } from "../../ages.ts";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useServer } from "../../server.ts";
import { jobsQuery } from "./queries.ts";
import { StartForm } from "./start-dialog.tsx";

interface RunJobProps {
  /** Their uuids; undefined while the dialog is shut. */
  readonly devices: readonly string[] | undefined;
  readonly onClose: () => void;
}

/** Starts one of the jobs on devices that were chosen in a list. */
export function RunJobDialog({ devices, onClose }: RunJobProps) {
  return (
    <Modal
      opened={devices !== undefined}
      onClose={onClose}
      size="lg"
      title={devices === undefined ? "" : `Run a job on ${devicesOf(devices.length)}`}
    >
      {devices === undefined ? null : <Choice devices={devices} onClose={onClose} />}
    </Modal>
  );
}

function Choice({ devices, onClose }: RunJobProps & { readonly devices: readonly string[] }) {
  const query = useQuery(jobsQuery(useServer()));
  const [name, setName] = useState("");
  return (
    <Loaded query={query} rows={3}>
      {({ items }) => {
        if (items.length === 0) {
          return (
            <Empty title="No job has a name yet">
              Begin with one of the gallery: <Link to="/jobs/named">Jobs</Link>
            </Empty>
          );
        }
        const job = items.find((one) => one.name === name);
        return (
          <div className="form">
            <NativeSelect
              label="Job"
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
              data={[{ value: "", label: "Choose a job" }, ...items.map((one) => one.name)]}
              data-autofocus
            />
            {job === undefined ? null : (
              <StartForm
                key={name}
                started={{ job: name, definition: job.definition, isDraft: false }}
                mode="start"
                chosen={{ devices: [...devices] }}
                onClose={onClose}
              />
            )}
          </div>
        );
      }}
    </Loaded>
  );
}
