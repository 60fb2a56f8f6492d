import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Device } from "@vigil/api/resources/devices.ts";
import type { DeviceVerdicts } from "@vigil/api/resources/setup-certificates.ts";
import { AnswerMark, Reasons } from "../parts/certificate-report.tsx";
import { Waiting } from "../parts/empty.tsx";
import { Facts } from "../parts/facts.tsx";
import { Failure } from "../parts/failure.tsx";
import { Age } from "../parts/now.tsx";
import { keys, verdictsQuery } from "../queries.ts";
import { useServer } from "../server.ts";
import { DeviceAttempts } from "./device-attempts.tsx";
import { DeviceHellos } from "./device-hellos.tsx";

const sources = { device: "said of this device", profile: "its profile", server: "the server's --domain" } as const;

/** What was tried to set the device up, and what can be. */
export function DeviceSetup({ device }: { readonly device: Device }) {
  return (
    <div className="form">
      <DeviceAttempts uuid={device.uuid} />
      <DeviceHellos uuid={device.uuid} />
      <Certificates device={device} />
    </div>
  );
}

/** Would this device accept each of the setup certificates? Both sides of every reason, before anything is tried. */
function Certificates({ device }: { readonly device: Device }) {
  const { data, error, refetch } = useQuery(verdictsQuery(useServer(), device.uuid));
  if (data === undefined)
    return error === null ? <Waiting /> : <Failure error={error} onRetry={() => void refetch()} />;
  return (
    <div className="form">
      <Known device={device} verdicts={data} />
      {data.items.map(({ certificate, verdict }, index) => (
        <section key={certificate.id} className="panel" aria-label={certificate.name}>
          <h2>
            {certificate.name}: <AnswerMark answer={verdict.answer} />
            {index === 0 && verdict.answer !== "no" ? (
              <span className="dim"> · provisioning shows this one</span>
            ) : null}
          </h2>
          <Reasons verdict={verdict} />
        </section>
      ))}
    </div>
  );
}

function Known({ device, verdicts }: { readonly device: Device; readonly verdicts: DeviceVerdicts }) {
  const server = useServer();
  const cache = useQueryClient();
  const [suffix, setSuffix] = useState("");
  const said = verdicts.suffixes.find(({ source }) => source === "device");
  const tell = useMutation({
    mutationFn: (is: string | null) =>
      server.setupCertificates.setSuffix({ params: { id: device.uuid }, body: { suffix: is } }),
    onSuccess: (fresh) => {
      setSuffix("");
      cache.setQueryData(keys.verdicts(device.uuid), fresh);
      return cache.invalidateQueries({ queryKey: keys.coverage });
    },
  });
  return (
    <section className="panel">
      <h2>What is known of the device</h2>
      <div className="padded">
        <Facts
          facts={[
            ["Roots it lists", verdicts.listedRoots],
            ["Release", verdicts.release],
            [
              "DNS suffix",
              <ul key="suffixes">
                {verdicts.suffixes.map((one) => (
                  <li key={one.source}>
                    <code>{one.suffix}</code>{" "}
                    <span className="dim">
                      by {sources[one.source]}
                      {one.at === null ? null : (
                        <>
                          , <Age at={one.at} />
                        </>
                      )}
                    </span>
                  </li>
                ))}
              </ul>,
            ],
          ]}
        />
      </div>
      <form
        className="toolbar"
        onSubmit={(event) => {
          event.preventDefault();
          tell.mutate(suffix.trim());
        }}
      >
        <TextInput
          aria-label="DNS suffix of the device"
          placeholder="DHCP option 15, or its MEBx"
          value={suffix}
          maxLength={191}
          onChange={(event) => setSuffix(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={suffix.trim() === ""} loading={tell.isPending}>
          Say its suffix
        </Button>
        {said === undefined ? null : (
          <Button variant="default" onClick={() => tell.mutate(null)}>
            Take it back
          </Button>
        )}
      </form>
      {tell.isError ? <Failure error={tell.error} /> : null}
    </section>
  );
}
