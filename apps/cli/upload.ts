import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { VigilClient } from "@vigil/api/client.ts";
import { mostPartBytes, type Image } from "@vigil/api/resources/images.ts";

/** Sends a file into the library, part by part. What was sent of one that is given up is forgotten. @throws what the server reports */
export async function uploadImage(
  client: VigilClient,
  image: { readonly file: string; readonly name: string; readonly kind: "cd" | "floppy" },
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (sent: number, bytes: number) => void },
): Promise<Image> {
  const { name, kind } = image;
  const handle = await open(image.file, "r");
  try {
    const { size: bytes } = await handle.stat();
    const { id } = await client.images.begin({ body: { name, kind, bytes }, signal });
    const params = { id };
    try {
      const hash = createHash("sha256");
      for (let offset = 0; offset < bytes;) {
        const part = new Uint8Array(Math.min(mostPartBytes, bytes - offset));
        const { bytesRead } = await handle.read(part, 0, part.length, offset);
        // Somebody has cut the file short: the server says so, as not all has come.
        if (bytesRead === 0) break;
        const body = part.subarray(0, bytesRead);
        hash.update(body);
        await client.images.part({ params, query: { offset }, body, signal });
        offset += bytesRead;
        onProgress(offset, bytes);
      }
      return await client.images.finish({ params, body: { sha256: hash.digest("hex") }, signal });
    } catch (error) {
      await client.images.giveUp({ params }).catch(() => {});
      throw error;
    }
  } finally {
    await handle.close();
  }
}

/** Of a file's bytes, lower-case hex. */
export async function sha256Of(file: string, signal: AbortSignal): Promise<string> {
  const handle = await open(file, "r");
  const hash = createHash("sha256");
  for await (const bytes of handle.createReadStream({ signal })) hash.update(bytes);
  return hash.digest("hex");
}
