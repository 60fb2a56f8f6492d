import { Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { DeviceAccount } from "@vigil/api/resources/device-accounts.ts";
import type { Device } from "@vigil/api/resources/devices.ts";
import { ReasonForm } from "../../parts/reason-form.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";

interface RemoveProps {
  readonly device: Device;
  /** What is to go; undefined while nobody asks. */
  readonly account: DeviceAccount | undefined;
  readonly onClose: () => void;
}

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
  const remove = useMutation({
    mutationFn: (reason: string) =>
      server.readings.removeAccount({
        params: { id: device.uuid, handle: String(handle) },
        body: { name, reason },
      }),
    onSuccess: (fresh) => {
      cache.setQueryData(keys.accounts(device.uuid), fresh);
      void cache.invalidateQueries({ queryKey: keys.timeline(device.uuid) });
      onClose();
    },
    onError: () => void cache.invalidateQueries({ queryKey: keys.timeline(device.uuid) }),
  });
  return (
    <ReasonForm
      question={
        <>
          Whoever logs in to <strong>{device.hostName ?? device.address}</strong> as <strong>{name}</strong> cannot do
          so any more. It may {realms.length === 0 ? "do nothing there now" : `use ${realms.join(", ")}`}. Vigil does
          not know its password and cannot put it back.
        </>
      }
      action="Remove the account"
      isRed
      isPending={remove.isPending}
      error={remove.error}
      onReason={remove.mutate}
      onClose={onClose}
    />
  );
}
