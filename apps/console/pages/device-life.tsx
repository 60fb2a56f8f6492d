import { Button, Menu, Modal, NumberInput, Radio, Stack, Textarea } from "@mantine/core";
import { IconDotsVertical } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { operations } from "@vigil/api/operations.ts";
import type { Device } from "@vigil/api/resources/devices.ts";
import { momentOf } from "../ages.ts";
import { DialogButtons } from "../parts/dialog-buttons.tsx";
import { Failure } from "../parts/failure.tsx";
import { keys } from "../queries.ts";
import { useServer } from "../server.ts";

type Act = "retire" | "readmit" | "purge";
type Because = "gone" | "stolen" | "renamed";

const acts = {
  retire: {
    verb: "Retire the device",
    effect:
      "Nothing is asked of the device. Its certificate is revoked, it is managed no more, and its hellos are refused until it is readmitted",
  },
  readmit: { verb: "Readmit the device", effect: "It is like a new device: its next hello sets it up by its profile" },
  purge: {
    verb: "Forget the device",
    effect:
      "Its record, its history and its sealed passwords are destroyed; nobody will be able to log in to its firmware with them. The audit trail stays. If it says hello again, it is a new device",
  },
} as const satisfies Readonly<Record<Act, { verb: string; effect: string }>>;

const becauses = {
  gone: "It is gone: sold, scrapped or lost",
  stolen: "It was stolen",
  renamed: "It was renamed or given to somebody else, and is to be set up anew under its new name",
} as const satisfies Readonly<Record<Because, string>>;

/** Long enough for most inquiries; the server's own policy. */
const usualDays = 90;

/** How a device leaves, and comes back. */
export function LifeMenu({ device, onUnprovision }: { readonly device: Device; readonly onUnprovision: () => void }) {
  const [act, setAct] = useState<Act>();
  const { verb } = operations["device.unprovision"];
  const mayLeave = device.state === "provisioned" || device.state === "failed";
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px={6} aria-label="More actions">
            <IconDotsVertical size={14} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {device.state === "retired" ? (
            <>
              <Menu.Item onClick={() => setAct("readmit")}>{acts.readmit.verb}…</Menu.Item>
              <Menu.Item c="var(--bad)" onClick={() => setAct("purge")}>
                {acts.purge.verb}…
              </Menu.Item>
            </>
          ) : (
            <>
              <Menu.Item
                c="var(--bad)"
                disabled={!mayLeave}
                title={mayLeave ? undefined : "Only a device that is ours can be told to forget us"}
                onClick={onUnprovision}
              >
                {verb}…
              </Menu.Item>
              <Menu.Item c="var(--bad)" onClick={() => setAct("retire")}>
                {acts.retire.verb}…
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={act !== undefined}
        onClose={() => setAct(undefined)}
        title={act === undefined ? "" : acts[act].verb}
      >
        {act === undefined ? null : <Question device={device} act={act} onClose={() => setAct(undefined)} />}
      </Modal>
    </>
  );
}

function Question({
  device,
  act,
  onClose,
}: {
  readonly device: Device;
  readonly act: Act;
  readonly onClose: () => void;
}) {
  const server = useServer();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [reason, setReason] = useState("");
  const [because, setBecause] = useState<Because>("gone");
  const [days, setDays] = useState<number | string>(usualDays);
  const params = { id: device.uuid };
  const body = { reason: reason.trim() };
  const carryOut = useMutation({
    async mutationFn() {
      if (act === "purge") {
        await server.devices.purge({ params, body });
        return undefined;
      }
      if (act === "readmit") return server.devices.readmit({ params, body });
      return server.devices.retire({ params, body: { ...body, because, keepSecretsDays: Number(days) } });
    },
    async onSuccess(fresh) {
      onClose();
      if (fresh === undefined) return navigate({ to: "/" });
      cache.setQueryData(keys.device(device.uuid), fresh);
      return cache.invalidateQueries({ queryKey: keys.timeline(device.uuid) });
    },
  });
  const { verb, effect } = acts[act];
  const name = device.hostName ?? device.address;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        carryOut.mutate();
      }}
    >
      <p className="question">
        <strong>{name}</strong>: {effect}.
      </p>
      {act === "retire" ? (
        <Stack gap="sm">
          <Radio.Group label="What has become of it" value={because} onChange={(value) => setBecause(becauseOf(value))}>
            {Object.entries(becauses).map(([value, words]) => (
              <Radio key={value} value={value} label={words} mt={6} />
            ))}
          </Radio.Group>
          <NumberInput
            label="Days that its passwords are kept, sealed"
            description="For whoever gets the machine back; then they are destroyed"
            value={days}
            onChange={setDays}
            min={0}
            max={3650}
            allowDecimal={false}
            clampBehavior="strict"
          />
        </Stack>
      ) : null}
      {act === "purge" && typeof device.retired?.secretsUntil === "string" ? (
        <p className="warn">Its passwords were to be kept until {momentOf(device.retired.secretsUntil)}.</p>
      ) : null}
      <Textarea
        label="Reason"
        description="Shown in the audit trail"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        minLength={3}
        maxLength={500}
        required
        autosize
        minRows={2}
        data-autofocus
        mt="sm"
      />
      {carryOut.isError ? <Failure error={carryOut.error} /> : null}
      <DialogButtons onClose={onClose} mt="md">
        <Button type="submit" {...(act === "readmit" ? {} : { color: "red.9" })} loading={carryOut.isPending}>
          {verb}
        </Button>
      </DialogButtons>
    </form>
  );
}

function becauseOf(value: string): Because {
  return value === "stolen" || value === "renamed" ? value : "gone";
}
