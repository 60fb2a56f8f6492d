import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Device } from "@vigil/api/resources/devices.ts";
import { ConsentDialog, consentWords, policyWords } from "../parts/consent-dialog.tsx";
import { Waiting } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { Facts } from "../parts/facts.tsx";
import { consentQuery } from "../queries.ts";
import { useServer } from "../server.ts";

/** Whether the user at the machine has to agree to a session, and whether they have. */
export function DeviceConsent({ device }: { readonly device: Device }) {
  const [isAsking, setAsking] = useState(false);
  const isPossible = device.state === "provisioned";
  const { data, error, refetch } = useQuery({ ...consentQuery(useServer(), device.uuid), enabled: isPossible });
  if (!isPossible) return null;
  return (
    <section className="panel" aria-label="Consent">
      <h2>Consent</h2>
      <div className="padded">
        {data === undefined ? (
          error === null ? (
            <Waiting rows={2} />
          ) : (
            <Failure error={error} onRetry={() => void refetch()} />
          )
        ) : (
          <>
            <Facts
              facts={[
                ["Needed for", policyWords[data.policy]],
                ["Stands at", consentWords[data.state]],
              ]}
            />
            <Button variant="default" mt="sm" onClick={() => setAsking(true)}>
              {data.state === "notStarted" ? "Ask for consent" : "Show consent"}
            </Button>
          </>
        )}
      </div>
      <ConsentDialog device={isAsking ? device : undefined} onClose={() => setAsking(false)} />
    </section>
  );
}
