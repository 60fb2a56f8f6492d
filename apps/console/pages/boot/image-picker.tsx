import { Button, Radio } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { ImageUpload } from "../../parts/image-upload.tsx";
import { imagesQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { bytesOf } from "../../sizes.ts";

/** Chooses an image of the library, or adds one to it. */
export function ImagePicker({
  chosen,
  onChoose,
}: {
  readonly chosen: string | undefined;
  readonly onChoose: (name: string) => void;
}) {
  const { data, error } = useQuery(imagesQuery(useServer()));
  const [isAdding, setAdding] = useState(false);
  if (data === undefined) return error === null ? <Waiting rows={2} /> : <Failure error={error} />;
  const isEmpty = data.items.length === 0;
  return (
    <div className="image-picker">
      {isEmpty ? null : (
        <Radio.Group label="Image" value={chosen ?? ""} onChange={onChoose}>
          <div className="image-list">
            {data.items.map(({ name, kind, bytes }) => (
              <Radio
                key={name}
                value={name}
                label={name}
                description={`${kind === "cd" ? "CD" : "Floppy"}, ${bytesOf(bytes)}`}
              />
            ))}
          </div>
        </Radio.Group>
      )}
      {isEmpty || isAdding ? (
        <ImageUpload
          onAdded={({ name }) => {
            setAdding(false);
            onChoose(name);
          }}
        />
      ) : (
        <Button variant="default" size="compact-sm" onClick={() => setAdding(true)}>
          Add another image
        </Button>
      )}
    </div>
  );
}
