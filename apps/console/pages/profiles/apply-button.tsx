import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Profile } from "@vigil/api/resources/profiles.ts";
import { devicesOf } from "../../ages.ts";
import { notifyFailure } from "../../parts/notify-failure.ts";
import { OperationDialog, type Intent } from "../../parts/operation-dialog.tsx";
import { useServer } from "../../server.ts";
import { intentFor } from "../fleet-actions.tsx";

/** A run takes at most this many devices. */
const mostAtOnce = 20_000;

/** Brings the devices that have an older version to the newest: a run like any other, with its page and its progress. */
export function ApplyButton({ profile }: { readonly profile: Profile }) {
  const server = useServer();
  const { name, version, outdated } = profile;
  const [intent, setIntent] = useState<Intent>();
  const ask = useMutation({
    mutationFn: () => server.devices.list({ query: { profile: name, profileBefore: version, limit: mostAtOnce } }),
    onSuccess: ({ items }) => {
      if (items.length > 0) setIntent(intentFor("profile.apply", items));
    },
    onError: notifyFailure,
  });
  return (
    <>
      <Button
        disabled={outdated === 0}
        title={outdated === 0 ? "No device has an older version" : undefined}
        loading={ask.isPending}
        onClick={() => ask.mutate()}
      >
        {outdated === 0 ? "Apply profile" : `Apply to ${devicesOf(outdated)}`}
      </Button>
      <OperationDialog intent={intent} onClose={() => setIntent(undefined)} />
    </>
  );
}
