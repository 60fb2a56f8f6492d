import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Device } from "@vigil/api/resources/devices.ts";
import type { DeviceSecret, SecretKind } from "@vigil/api/resources/secrets.ts";
import { momentOf } from "../../ages.ts";
import { Empty, Waiting } from "../../parts/empty.tsx";
import { Code, Failure } from "../../parts/failure.tsx";
import { Age } from "../../parts/now.tsx";
import { OperationDialog, type Intent } from "../../parts/operation-dialog.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { deviceSecretsQuery, revealsQuery, timelineQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { intentFor } from "../fleet-actions.tsx";
import { RevealDialog } from "./reveal-dialog.tsx";
import { secretName, stateWords } from "./secret-words.ts";

interface DeviceProps {
  readonly device: Device;
}

/** A device's secrets: what there is and how old it is. A value is shown in an emergency only, and replaced afterwards. */
export function DeviceSecrets({ device }: DeviceProps) {
  const { data, error, refetch } = useQuery(deviceSecretsQuery(useServer(), device.uuid));
  const [intent, setIntent] = useState<Intent>();
  const [revealing, setRevealing] = useState<SecretKind>();
  const isOurs = device.state === "provisioned";
  return (
    <>
      <section className="panel" aria-label="Secrets">
        <h2>Secrets</h2>
        <div className="toolbar">
          <Button
            variant="default"
            disabled={!isOurs}
            title={isOurs ? undefined : "Only provisioned devices can be told"}
            onClick={() => setIntent(intentFor("secret.rotate", [device]))}
          >
            Rotate now
          </Button>
          <span className="dim">Nobody has to know them: Vigil logs in by itself.</span>
        </div>
        <Exposed device={device} secrets={data?.items ?? []} />
        {data === undefined ? (
          error === null ? (
            <Waiting rows={2} />
          ) : (
            <Failure error={error} onRetry={() => void refetch()} />
          )
        ) : (
          <List secrets={data.items} onReveal={setRevealing} />
        )}
      </section>
      <History device={device} />
      <OperationDialog intent={intent} onClose={() => setIntent(undefined)} />
      <RevealDialog device={device} kind={revealing} onClose={() => setRevealing(undefined)} />
    </>
  );
}

function List({
  secrets,
  onReveal,
}: {
  readonly secrets: readonly DeviceSecret[];
  readonly onReveal: (kind: SecretKind) => void;
}) {
  if (secrets.length === 0) {
    return <Empty title="No secrets yet">A device gets its own when it is provisioned.</Empty>;
  }
  return (
    <PlainTable
      label="Secrets"
      rows={secrets}
      keyOf={({ kind, state }) => `${kind} ${state}`}
      columns={[
        { title: "Secret", cell: ({ kind }) => <span className="capital">{secretName(kind)}</span> },
        { title: "State", width: "230px", cell: ({ state }) => stateWords[state] },
        { title: "Made", width: "110px", cell: ({ madeAt }) => <Age at={madeAt} /> },
        {
          title: "Actions",
          width: "100px",
          // The server shows the one that most likely opens the device; the one before opens nothing.
          cell: ({ kind, state }) =>
            // Nobody logs in with the one of the directory.
            state === "previous" || kind === "directory-password" ? null : (
              <Button
                variant="default"
                size="compact-xs"
                aria-label={`Reveal the ${secretName(kind)}`}
                onClick={() => onReveal(kind)}
              >
                Reveal
              </Button>
            ),
        },
      ]}
    />
  );
}

/** Says that a person knows the password that is in use, and when it is replaced. */
function Exposed({ device, secrets }: DeviceProps & { readonly secrets: readonly DeviceSecret[] }) {
  const { data } = useQuery(revealsQuery(useServer(), device.uuid));
  const inUse = secrets.find(({ kind, state }) => kind === "admin-password" && state === "confirmed");
  const last = data?.items.find(
    ({ action, details }) => action === "secret.revealed" && details["kind"] === "admin-password",
  );
  if (last === undefined || inUse === undefined || Date.parse(last.at) < Date.parse(inUse.madeAt)) return null;
  const minutes = Number(last.details["minutes"]);
  const until = new Date(Date.parse(last.at) + minutes * 60_000).toISOString();
  return (
    <p role="status" className="held">
      <strong>The admin password has been seen.</strong> {last.actor} revealed it <Age at={last.at} />. It is replaced
      by itself at {momentOf(until)}, or now with Rotate now.
    </p>
  );
}

/** Who had a secret shown, and when it was replaced; never a value. */
function History({ device }: DeviceProps) {
  // What is replaced by itself stands here a moment after.
  const { data, error, refetch } = useQuery({ ...timelineQuery(useServer(), device.uuid), refetchInterval: 15_000 });
  if (data === undefined) {
    return error === null ? <Waiting rows={3} /> : <Failure error={error} onRetry={() => void refetch()} />;
  }
  const rows = data.items.filter(({ action }) => action.startsWith("secret."));
  return (
    <section className="panel" aria-label="Reveals and rotations">
      <h2>Reveals and rotations</h2>
      {rows.length === 0 ? (
        <Empty title="None yet">Who has a secret shown stands here, with the reason; so does each replacement.</Empty>
      ) : (
        <PlainTable
          label="Reveals and rotations"
          rows={rows.map((row, index) => ({ ...row, index }))}
          keyOf={({ index }) => String(index)}
          columns={[
            { title: "When", width: "110px", cell: ({ at }) => <Age at={at} /> },
            { title: "Who", width: "160px", cell: ({ actor }) => actor },
            {
              title: "What",
              cell: ({ summary, error: failure }) => (
                <span title={summary}>
                  {summary} {failure === null ? null : <Code report={failure} />}
                </span>
              ),
            },
          ]}
        />
      )}
    </section>
  );
}
