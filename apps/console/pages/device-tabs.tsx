import { useQuery } from "@tanstack/react-query";
import type { Device } from "@vigil/api/resources/devices.ts";
import { momentOf } from "../ages.ts";
import { setupMethodNames } from "../parts/setup-method.ts";
import { Empty, Waiting } from "../parts/empty.tsx";
import { Code, Failure } from "../parts/failure.tsx";
import { Facts } from "../parts/facts.tsx";
import { Age } from "../parts/now.tsx";
import { timelineQuery } from "../queries.ts";
import { useServer } from "../server.ts";
import { DeviceConsent } from "./device-consent.tsx";
import { DeviceSecrets } from "./secrets/device-secrets.tsx";

interface TabProps {
  readonly device: Device;
}

/** Everything that happened to the device, by people or by machine. */
export function DeviceTimeline({ device }: TabProps) {
  const { data, error, refetch } = useQuery(timelineQuery(useServer(), device.uuid));
  if (data === undefined)
    return error === null ? <Waiting /> : <Failure error={error} onRetry={() => void refetch()} />;
  if (data.items.length === 0) return <Empty title="Nothing has happened yet" />;
  return (
    <ol className="timeline">
      {data.items.map(({ at, actor, action, outcome, summary, error: failure }, index) => (
        <li key={`${at} ${index}`} data-outcome={outcome ?? (action.endsWith(".failed") ? "failed" : "none")}>
          <span className="dim timeline-age">
            <Age at={at} />
          </span>
          <span>
            {summary} {failure === null ? null : <Code report={failure} />}
            <span className="dim timeline-actor">
              {actor} · {action}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}

export function DeviceSecurity({ device }: TabProps) {
  const { certificate, hello } = device;
  return (
    <div className="device-parts">
      <section className="panel padded">
        <Facts
          facts={[
            ["Control mode", device.controlMode],
            ["Set up by", device.setupMethod === null ? null : setupMethodNames[device.setupMethod]],
            ["Admin password", passwordWords(device)],
            ["Provisioned", device.provisionedAt === null ? null : <Age key="at" at={device.provisionedAt} />],
            ["Certificate", certificate?.subject ?? null],
            ["Expires", certificate === null ? null : momentOf(certificate.expiresAt)],
            [
              "Fingerprint",
              certificate === null ? null : (
                <span key="print" className="mono wrap">
                  {certificate.fingerprint}
                </span>
              ),
            ],
            ["Hellos", hello === null ? null : `${hello.count}, with ${hello.hashes} root hashes`],
            ["Last hello", hello === null ? null : <Age key="hello" at={hello.receivedAt} />],
          ]}
        />
      </section>
      <DeviceConsent device={device} />
      <DeviceSecrets device={device} />
    </div>
  );
}

function passwordWords({ state, retired }: Device): string {
  if (state === "provisioned") return "Random, sealed; nobody sees it";
  if (state === "foreign") return "Somebody else's";
  if (state !== "retired") return "The factory's";
  const until = retired?.secretsUntil ?? null;
  return until === null ? "Destroyed" : `Kept, sealed, until ${momentOf(until)}`;
}
