import { Button, FileInput, Group, Radio } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Image } from "@vigil/api/resources/images.ts";
import { kindOf, uploadImage } from "../image-upload.ts";
import { keys } from "../queries.ts";
import { useServer } from "../server.ts";
import { BytesProgress } from "./bytes-progress.tsx";
import { Failure } from "./failure.tsx";

/** Puts a file into the library, and shows how far that is. Leaving the page gives it up. */
export function ImageUpload({ onAdded }: { readonly onAdded?: (image: Image) => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [kind, setKind] = useState<Image["kind"]>("cd");
  const [sent, setSent] = useState({ bytes: 0, startedAt: 0, at: 0 });
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const upload = useMutation({
    mutationFn: async (chosen: File) => {
      stop.current = new AbortController();
      const startedAt = performance.now();
      setSent({ bytes: 0, startedAt, at: startedAt });
      const onProgress = (bytes: number): void => setSent({ bytes, startedAt, at: performance.now() });
      return uploadImage(server, chosen, kind, { signal: stop.current.signal, onProgress });
    },
    onSuccess: async (image) => {
      setFile(null);
      onAdded?.(image);
      await cache.invalidateQueries({ queryKey: keys.images });
    },
  });
  const isStopped = upload.isError && stop.current?.signal.aborted === true;
  return (
    <div className="form">
      <FileInput
        label="File"
        description="An ISO image of a CD or DVD, or the image of a floppy"
        placeholder="Choose a file"
        leftSection={<IconUpload size={14} aria-hidden />}
        value={file}
        disabled={upload.isPending}
        onChange={(chosen) => {
          setFile(chosen);
          upload.reset();
          if (chosen !== null) setKind(kindOf(chosen));
        }}
      />
      <Radio.Group label="Drive" value={kind} onChange={(value) => setKind(value === "floppy" ? "floppy" : "cd")}>
        <Group mt={4}>
          <Radio value="cd" label="CD" disabled={upload.isPending} />
          <Radio value="floppy" label="Floppy" disabled={upload.isPending} />
        </Group>
      </Radio.Group>
      {upload.isPending && file !== null ? <Sent file={file} sent={sent} /> : null}
      {upload.isError && !isStopped ? <Failure error={upload.error} /> : null}
      <Group justify="flex-end">
        {upload.isPending ? (
          <Button variant="default" onClick={() => stop.current?.abort(new Error("given up"))}>
            Give up
          </Button>
        ) : null}
        <Button
          disabled={file === null}
          title={file === null ? "Choose a file first" : undefined}
          loading={upload.isPending}
          onClick={() => file !== null && upload.mutate(file)}
        >
          Add image
        </Button>
      </Group>
    </div>
  );
}

function Sent({
  file,
  sent,
}: {
  readonly file: File;
  readonly sent: { readonly bytes: number; readonly startedAt: number; readonly at: number };
}) {
  const seconds = (sent.at - sent.startedAt) / 1000;
  const rate = seconds > 0 ? sent.bytes / seconds : 0;
  const secondsLeft = rate > 0 ? (file.size - sent.bytes) / rate : null;
  return (
    <BytesProgress
      label={`Upload of ${file.name}`}
      bytes={sent.bytes}
      total={file.size}
      bytesPerSecond={rate}
      secondsLeft={secondsLeft}
    />
  );
}
