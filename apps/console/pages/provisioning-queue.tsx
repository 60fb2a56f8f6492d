import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ProvisioningEntry } from "@vigil/api/resources/provisioning.ts";
import { countOf, devicesOf, momentOf, spanOf } from "../ages.ts";
import { notifyFailure } from "../parts/notify-failure.ts";
import { Age, useNow } from "../parts/now.tsx";
import { keys, queueHeldQuery } from "../queries.ts";
import { useServer } from "../server.ts";

/** Holds the queue or lets it go on. Holding stops nothing that is under way, so it asks no question. */
export function HoldButton({ isHeld }: { readonly isHeld: boolean }) {
  const server = useServer();
  const cache = useQueryClient();
  const hold = useMutation({
    mutationFn: () => server.provisioning.hold({ body: { isHeld: !isHeld } }),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.provisioning }),
    onError: notifyFailure,
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

/** In which lane a device waits, and why it is not begun. */
export function WaitsFor({ entry: { waitsFor, site, lane, nextTryAt } }: { readonly entry: ProvisioningEntry }) {
  const now = useNow();
  if (waitsFor === null) return <span className="dim">{site ?? "—"}</span>;
  if (waitsFor === "next-try" && nextTryAt !== null) {
    const leftMs = Date.parse(nextTryAt) - now;
    return (
      <time dateTime={nextTryAt} title={`${lane} lane, ${momentOf(nextTryAt)}`}>
        {lane}: {leftMs <= 0 ? "due now" : `in ${spanOf(leftMs)}`}
      </time>
    );
  }
  const isSite = waitsFor === "site-full" || waitsFor === "site-held";
  return (
    <span title={`${lane} lane`}>
      {lane}: {waits[waitsFor]}
      {isSite ? ` ${site ?? ""}` : null}
    </span>
  );
}
