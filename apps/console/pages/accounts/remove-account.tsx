import { Button, Modal, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { DeviceAccount } from "@vigil/api/resources/device-accounts.ts";
import type { Device } from "@vigil/api/resources/devices.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Failure } from "../../parts/failure.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";

interface RemoveProps {
  readonly device: Device;
  /** What is to go; undefined while nobody asks. */
  readonly account: DeviceAccount | undefined;
  readonly onClose: () => void;
}

/** As the route wants it. */
const shortestReason = 3;

/** Says what goes and asks why. */
export function RemoveAccount({ device, account, onClose }: RemoveProps) {
  return (
    <Modal
      opened={account !== undefined}
      onClose={onClose}
      title={account === undefined ? "" : `Remove the account ${account.name}`}
    >
      {account === undefined ? null : <Remove device={device} account={account} onClose={onClose} />}
    </Modal>
  );
}

function Remove({
  device,
  account: { handle, name, realms },
  onClose,
}: RemoveProps & { readonly account: DeviceAccount }) {
  const server = useServer();
  const cache = useQueryClient();
  const [reason, setReason] = useState("");
  const remove = useMutation({
    mutationFn: () =>
      server.readings.removeAccount({
        params: { id: device.uuid, handle: String(handle) },
        body: { name, reason: reason.trim() },
      }),
    onSuccess: (fresh) => {
      cache.setQueryData(keys.accounts(device.uuid), fresh);
      void cache.invalidateQueries({ queryKey: keys.timeline(device.uuid) });
      onClose();
    },
    onError: () => void cache.invalidateQueries({ queryKey: keys.timeline(device.uuid) }),
  });
  const isShort = reason.trim().length < shortestReason;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        remove.mutate();
      }}
    >
      <p className="question">
        Whoever logs in to <strong>{device.hostName ?? device.address}</strong> as <strong>{name}</strong> cannot do so
        any more. It may {realms.length === 0 ? "do nothing there now" : `use ${realms.join(", ")}`}. Vigil does not
        know its password and cannot put it back.
      </p>
      <Textarea
        label="Reason"
        description="Shown in the audit trail"
        value={reason}
        maxLength={500}
        autosize
        minRows={2}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        data-autofocus
      />
      {remove.isError ? <Failure error={remove.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button
          type="submit"
          color="red"
          loading={remove.isPending}
          disabled={isShort}
          title={isShort ? "Say why first" : undefined}
        >
          Remove the account
        </Button>
      </DialogButtons>
    </form>
  );
}
