import { Button, Checkbox, Modal, Stack, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Device } from "@vigil/api/resources/devices.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Age } from "../../parts/now.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { ImagePicker } from "./image-picker.tsx";
import type { Recipe } from "./recipes.ts";

/** Says what will happen to the machine and its user, asks what is open, and begins the boot. */
export function BootDialog({
  device,
  recipe,
  onClose,
}: {
  readonly device: Device;
  readonly recipe: Recipe | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Modal opened={recipe !== undefined} onClose={onClose} title={recipe?.verb ?? ""} size="lg">
      {recipe === undefined ? null : <Question device={device} recipe={recipe} onClose={onClose} />}
    </Modal>
  );
}

function Question({
  device,
  recipe,
  onClose,
}: {
  readonly device: Device;
  readonly recipe: Recipe;
  readonly onClose: () => void;
}) {
  const server = useServer();
  const cache = useQueryClient();
  const [image, setImage] = useState<string>();
  const [showsOnSerial, setSerial] = useState(false);
  const [returns, setReturns] = useState(false);
  const [reason, setReason] = useState("");
  const isImage = recipe.to === "image";
  const begin = useMutation({
    mutationFn: () =>
      server.boots.begin({
        params: { id: device.uuid },
        body: {
          to: recipe.to,
          showsOnSerial,
          ...(isImage ? { returns } : {}),
          ...(image === undefined ? {} : { image }),
          ...(reason.trim() === "" ? {} : { reason: reason.trim() }),
        },
      }),
    onSuccess: onClose,
    onSettled: () => cache.invalidateQueries({ queryKey: keys.boots(device.uuid) }),
  });
  const lacksImage = isImage && image === undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!lacksImage) begin.mutate();
      }}
    >
      <p className="question">
        <strong>{device.hostName ?? device.address}</strong> <Interruption device={device} /> {recipe.what}.
      </p>
      <Stack gap="sm" mt="sm">
        {isImage ? <ImagePicker chosen={image} onChoose={setImage} /> : null}
        <Checkbox
          label="Show the BIOS on the serial line as well"
          checked={showsOnSerial}
          onChange={(event) => setSerial(event.currentTarget.checked)}
        />
        {isImage ? (
          <Checkbox
            label="Return the machine afterwards"
            description="When the boot ends, it is restarted from its own disk, or switched off if it is off now"
            checked={returns}
            onChange={(event) => setReturns(event.currentTarget.checked)}
          />
        ) : null}
        <Textarea
          label="Reason"
          description="Shown in the audit trail"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          autosize
          minRows={2}
          {...(isImage ? {} : { "data-autofocus": true })}
        />
      </Stack>
      {begin.isError ? <Failure error={begin.error} /> : null}
      <DialogButtons onClose={onClose} mt="md">
        <Button
          type="submit"
          disabled={lacksImage}
          title={lacksImage ? "Choose an image first" : undefined}
          loading={begin.isPending}
        >
          {recipe.verb}
        </Button>
      </DialogButtons>
    </form>
  );
}

/** What it means for whoever sits there. */
function Interruption({ device: { power, powerAt } }: { readonly device: Device }) {
  const age = powerAt === null ? null : <Age at={powerAt} />;
  if (power === "off" || power === "hibernate") return <>was off {age}: it is switched on.</>;
  if (power === "on") return <>was on {age}: it restarts at once, and unsaved work is lost.</>;
  return <>restarts at once if it is on, and unsaved work is lost; otherwise it is switched on.</>;
}
