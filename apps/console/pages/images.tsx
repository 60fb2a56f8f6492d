import { Button, Modal } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Image } from "@vigil/api/resources/images.ts";
import { devicesOf } from "../ages.ts";
import { DialogButtons } from "../parts/dialog-buttons.tsx";
import { Empty, Waiting } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { ImageUpload } from "../parts/image-upload.tsx";
import { Age } from "../parts/now.tsx";
import { PlainTable } from "../parts/plain-table.tsx";
import { imagesQuery, keys } from "../queries.ts";
import { useServer } from "../server.ts";
import { Page } from "../shell/page.tsx";
import { bytesOf } from "../sizes.ts";
import { newSearch } from "./searches.ts";

/** The library: what devices can be booted from. */
export function ImagesPage() {
  const { data, error, refetch } = useQuery(imagesQuery(useServer()));
  const navigate = useNavigate();
  const isAdding = newSearch(useSearch({ strict: false })).new === true;
  const [removed, setRemoved] = useState<Image>();
  const show = (isOpen: boolean): void => {
    void navigate({ to: "/images", search: isOpen ? { new: true } : {}, replace: true });
  };
  return (
    <Page
      title="Images"
      actions={
        <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => show(true)}>
          Add image
        </Button>
      }
    >
      <div className="stack">
        <p className="dim">
          Devices are shown images of this library, and nothing else of this server.
          {data === undefined
            ? ""
            : ` ${bytesOf(data.freeBytes)} are free; one image may have ${bytesOf(data.mostBytes)}.`}
        </p>
        {data === undefined && error !== null ? <Failure error={error} onRetry={() => void refetch()} /> : null}
        {data === undefined && error === null ? <Waiting rows={4} /> : null}
        {data?.items.length === 0 ? (
          <section className="panel">
            <Empty title="There are no images">
              Add an ISO image here, or with <code>vigil image add FILE</code>.
            </Empty>
          </section>
        ) : null}
        {data === undefined || data.items.length === 0 ? null : (
          <PlainTable label="Images" rows={data.items} keyOf={({ name }) => name} columns={columnsWith(setRemoved)} />
        )}
      </div>
      <Modal opened={isAdding} onClose={() => show(false)} title="Add an image">
        {isAdding ? <ImageUpload onAdded={() => show(false)} /> : null}
      </Modal>
      <Modal opened={removed !== undefined} onClose={() => setRemoved(undefined)} title="Remove the image">
        {removed === undefined ? null : <Removal image={removed} onClose={() => setRemoved(undefined)} />}
      </Modal>
    </Page>
  );
}

function columnsWith(onRemove: (image: Image) => void): Parameters<typeof PlainTable<Image>>[0]["columns"] {
  return [
    { title: "Name", cell: ({ name }) => name },
    { title: "Drive", width: "80px", cell: ({ kind }) => (kind === "cd" ? "CD" : "Floppy") },
    { title: "Size", width: "100px", isNumber: true, cell: ({ bytes }) => bytesOf(bytes) },
    {
      title: "SHA-256",
      width: "180px",
      cell: ({ sha256 }) => (
        <span className="mono" title={sha256}>
          {sha256.slice(0, 16)}…
        </span>
      ),
    },
    { title: "Added", width: "110px", cell: ({ addedAt }) => <Age at={addedAt} /> },
    { title: "By", width: "140px", cell: ({ addedBy }) => addedBy },
    { title: "In use", width: "110px", cell: ({ inUse }) => (inUse === 0 ? "—" : devicesOf(inUse)) },
    {
      title: "Actions",
      width: "110px",
      cell: (image) => (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Remove ${image.name}`}
          disabled={image.inUse > 0}
          title={image.inUse > 0 ? `It is being shown to ${devicesOf(image.inUse)}` : undefined}
          onClick={() => onRemove(image)}
        >
          Remove
        </Button>
      ),
    },
  ];
}

function Removal({ image, onClose }: { readonly image: Image; readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => server.images.remove({ params: { name: image.name } }),
    onSuccess: async () => {
      onClose();
      await cache.invalidateQueries({ queryKey: keys.images });
    },
  });
  return (
    <>
      <p className="question">
        <strong>{image.name}</strong>, {bytesOf(image.bytes)}, is deleted from this server. Boots that have ended keep
        its name and checksum in their records.
      </p>
      {remove.isError ? <Failure error={remove.error} /> : null}
      <DialogButtons onClose={onClose} mt="md">
        <Button color="red.9" loading={remove.isPending} onClick={() => remove.mutate()} data-autofocus>
          Remove the image
        </Button>
      </DialogButtons>
    </>
  );
}
