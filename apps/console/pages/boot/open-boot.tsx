import { Button, Checkbox, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { bootSource, type Boot } from "@vigil/api/resources/boots.ts";
import { BytesProgress } from "../../parts/bytes-progress.tsx";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Code, Failure } from "../../parts/failure.tsx";
import { Age } from "../../parts/now.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";

/** Where a boot that has not ended stands, in words. */
const stateWords = {
  arranging: "is being arranged",
  telling: "has been arranged; whether the machine was told to start is being looked at",
  waiting: "has been told; the machine has not been seen starting yet",
  running: "is being shown to the machine",
  returning: "is being taken back; that goes on until the device answers",
} as const satisfies Readonly<Record<Exclude<Boot["state"], "ended">, string>>;

/** The boot that is under way: how far it is, and the way out of it. */
export function OpenBoot({ boot }: { readonly boot: Boot }) {
  const [isAsking, setAsking] = useState(false);
  const { image, progress, state, error, askedBy, askedAt, startedAt } = boot;
  const name = bootSource(boot);
  return (
    <section className="panel" aria-label="Boot under way">
      <h2>{name}</h2>
      <div className="padded">
        <p role="status">
          It {state === "ended" ? "has ended" : stateWords[state]}. Asked for by {askedBy} <Age at={askedAt} />
          {startedAt === null ? "" : "; the machine has started with it"}.
        </p>
        {image === null || progress === null ? null : (
          <BytesProgress
            label={`How far ${image.name} has been read`}
            bytes={progress.bytesRead}
            total={image.bytes}
            bytesPerSecond={progress.bytesPerSecond}
            secondsLeft={progress.secondsLeft}
          />
        )}
        {error === null ? null : (
          <p className="bad">
            {error.message}. {error.next}. <Code report={error} />
          </p>
        )}
      </div>
      <div className="toolbar">
        <Button
          variant="default"
          disabled={state === "returning"}
          title={state === "returning" ? "It is being ended already" : undefined}
          onClick={() => setAsking(true)}
        >
          End the boot…
        </Button>
      </div>
      <Modal opened={isAsking} onClose={() => setAsking(false)} title="End the boot">
        {isAsking ? <Question boot={boot} name={name} onClose={() => setAsking(false)} /> : null}
      </Modal>
    </section>
  );
}

function Question({
  boot,
  name,
  onClose,
}: {
  readonly boot: Boot;
  readonly name: string;
  readonly onClose: () => void;
}) {
  const server = useServer();
  const cache = useQueryClient();
  const [returns, setReturns] = useState(boot.returns);
  const end = useMutation({
    mutationFn: () => server.boots.end({ params: { id: boot.id }, body: { returns } }),
    onSuccess: onClose,
    onSettled: () => cache.invalidateQueries({ queryKey: keys.boots(boot.device) }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        end.mutate();
      }}
    >
      <p className="question">
        {boot.image === null ? (
          <>What was arranged for the next start is taken back.</>
        ) : (
          <>
            <strong>{name}</strong> is taken out of the machine's drive, and what was arranged is taken back. A machine
            that runs from it loses its disk.
          </>
        )}
      </p>
      <Checkbox
        label="Then return the machine"
        description="It is restarted from its own disk, or switched off if it was off before; unsaved work is lost"
        checked={returns}
        onChange={(event) => setReturns(event.currentTarget.checked)}
      />
      {end.isError ? <Failure error={end.error} /> : null}
      <DialogButtons onClose={onClose} mt="md">
        <Button type="submit" loading={end.isPending} data-autofocus>
          End the boot
        </Button>
      </DialogButtons>
    </form>
  );
}
