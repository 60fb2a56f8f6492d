import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { notifications } from "@mantine/notifications";
import type { ProvisioningEntry } from "@vigil/api/resources/provisioning.ts";
import { countOf, devicesOf, momentOf, spanOf } from "../ages.ts";
import { Age, useNow } from "../parts/now.tsx";
import { failureOf, keys, queueHeldQuery } from "../queries.ts";
import { useServer } from "../server.ts";

/** Holds the queue or lets it go on. Holding stops nothing that is under way, so it asks no question. */
export function HoldButton({ isHeld }: { readonly isHeld: boolean }) {
  const server = useServer();
  const cache = useQueryClient();
  const hold = useMutation({
    mutationFn: () => server.provisioning.hold({ body: { isHeld: !isHeld } }),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.provisioning }),
    onError: (error) => {
      const { message, next, code } = failureOf(error);
      notifications.show({ color: "red", title: message, message: `${next}. (${code})` });
    },
  });
  return (
    <Button variant={isHeld ? "filled" : "default"} loading={hold.isPending} onClick={() => hold.mutate()}>
      {isHeld ? "Resume queue" : "Hold queue"}
    </Button>
  );
}

/** Says that the queue is held; who did it and when stands in the audit trail, which not everyone may read. */
export function HeldNotice({ running, atHold }: { readonly running: number; readonly atHold: number | null }) {
  const { data } = useQuery(queueHeldQuery(useServer()));
  const entry = data?.items.find(({ action }) => action === "provisioning.held");
  return (
    <p role="status" className="held">
      <strong>The queue is held.</strong>{" "}
      {running === 0
        ? "Nothing is under way any more."
        : `${countOf(running)} of ${devicesOf(Math.max(running, atHold ?? 0))} are still under way and end as they will.`}{" "}
      No other is begun.
      {entry === undefined ? null : (
        <>
          {" "}
          Held by {entry.actor}, <Age at={entry.at} />.
        </>
      )}
    </p>
  );
}

const waits = {
  turn: "its turn",
  "next-try": "its next try",
  "site-full": "room in",
  "site-held": "held site",
  "queue-held": "the held queue",
} as const;

/** Why a device that waits is not begun. */
export function WaitsFor({ entry: { waitsFor, site } }: { readonly entry: ProvisioningEntry }) {
  if (waitsFor === null) return <span className="dim">{site ?? "—"}</span>;
  const isSite = waitsFor === "site-full" || waitsFor === "site-held";
  return <span>{isSite ? `${waits[waitsFor]} ${site ?? ""}` : waits[waitsFor]}</span>;
}

/** How long until a device in the slow lane is tried again. */
export function NextTry({ entry: { nextTryAt } }: { readonly entry: ProvisioningEntry }) {
  const now = useNow();
  if (nextTryAt === null) return <span className="dim">—</span>;
  const leftMs = Date.parse(nextTryAt) - now;
  return (
    <time dateTime={nextTryAt} title={momentOf(nextTryAt)}>
      {leftMs <= 0 ? "due now" : `in ${spanOf(leftMs)}`}
    </time>
  );
}
