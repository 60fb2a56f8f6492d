import { Button, Checkbox, Modal, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Boot } from "@vigil/api/resources/boots.ts";
import type { Device } from "@vigil/api/resources/devices.ts";
import type { IderDrive } from "@vigil/wire/redirection/ider.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Failure } from "../../parts/failure.tsx";
import { bootsQuery, keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import type { DiskSession } from "../../sessions/disk-session.ts";

/** Whether the boot is from a disk that somebody lends the device in a session. */
function isLent({ to, image }: Boot): boolean {
  return to === "image" && image === null;
}

/** Starts the machine from the disk that it is lent, and says how that stands. */
export function LentBoot({
  device,
  drive,
  isOn,
}: {
  readonly device: Device;
  readonly drive: IderDrive;
  readonly isOn: boolean;
}) {
  const { data } = useQuery(bootsQuery(useServer(), device.uuid));
  const [isAsking, setAsking] = useState(false);
  const open = data?.items.find(({ state }) => state !== "ended");
  const last = data?.items.find(isLent);
  const why =
    drive === "floppy"
      ? "Only a CD can be started from here; choose a floppy in the machine's own boot menu"
      : isOn
        ? open === undefined
          ? undefined
          : "A boot of the machine is under way: see its Boot tab"
        : "The machine does not have it yet";
  return (
    <div className="session-lent-boot">
      <Button disabled={why !== undefined} title={why} onClick={() => setAsking(true)}>
        Start the machine from it…
      </Button>
      <span role="status" className="dim">
        {why ?? (last === undefined ? "Once: its next start after that is as always." : wordsOf(last))}
      </span>
      <Modal opened={isAsking} onClose={() => setAsking(false)} title="Start the machine from it">
        {isAsking ? <Question device={device} onClose={() => setAsking(false)} /> : null}
      </Modal>
    </div>
  );
}

function wordsOf({ outcome, startedAt }: Boot): string {
  if (outcome === "started")
    return startedAt === null ? "It was told to start from a disk." : "It has started from a disk.";
  if (outcome === "stopped") return "What was arranged for its start has been taken back.";
  return "It has not been seen starting from a disk: see its Boot tab.";
}

function Question({ device, onClose }: { readonly device: Device; readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const [showsOnSerial, setSerial] = useState(true);
  const begin = useMutation({
    mutationFn: () =>
      server.boots.begin({ params: { id: device.uuid }, body: { to: "image", isLent: true, showsOnSerial } }),
    onSuccess: onClose,
    onSettled: () => cache.invalidateQueries({ queryKey: keys.boots(device.uuid) }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        begin.mutate();
      }}
    >
      <p className="question">
        <strong>{device.hostName ?? device.address}</strong> is restarted, or switched on, and starts once from the CD
        that this page lends it; unsaved work is lost.
      </p>
      <Stack gap="sm" mt="sm">
        <Checkbox
          label="Show the BIOS on the serial line as well"
          checked={showsOnSerial}
          onChange={(event) => setSerial(event.currentTarget.checked)}
        />
      </Stack>
      {begin.isError ? <Failure error={begin.error} /> : null}
      <DialogButtons onClose={onClose} mt="md">
        <Button type="submit" loading={begin.isPending} data-autofocus>
          Start the machine
        </Button>
      </DialogButtons>
    </form>
  );
}

/** Takes the disk out; a start from it that has not been seen yet is taken back first, so that the machine does not look for it. */
export function TakeOut({ device, session }: { readonly device: Device; readonly session: DiskSession }) {
  const server = useServer();
  const cache = useQueryClient();
  const { data } = useQuery(bootsQuery(server, device.uuid));
  const open = data?.items.find((boot) => boot.state !== "ended" && isLent(boot));
  const take = useMutation({
    mutationFn: async () => {
      if (open !== undefined) await server.boots.end({ params: { id: open.id }, body: {} });
    },
    // Also when the device cannot be put right now: the server goes on trying.
    onSettled: () => {
      session.close();
      void cache.invalidateQueries({ queryKey: keys.boots(device.uuid) });
    },
  });
  return (
    <Button variant="default" loading={take.isPending} onClick={() => take.mutate()}>
      Take the disk out
    </Button>
  );
}
