import type { VigilClient } from "@vigil/api/client.ts";
import { mostPartBytes, type Image } from "@vigil/api/resources/images.ts";

/** Sends a file into the library, part by part. What was sent of one that is given up is forgotten. @throws what the server reports */
export async function uploadImage(
  server: VigilClient,
  file: File,
  kind: Image["kind"],
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (sent: number) => void },
): Promise<Image> {
  const { id } = await server.images.begin({ body: { name: file.name, kind, bytes: file.size }, signal });
  const params = { id };
  try {
    for (let offset = 0; offset < file.size;) {
      const body = new Uint8Array(await file.slice(offset, offset + mostPartBytes).arrayBuffer());
      await server.images.part({ params, query: { offset }, body, signal });
      offset += body.length;
      onProgress(offset);
    }
    return await server.images.finish({ params, body: {}, signal });
  } catch (error) {
    await server.images.giveUp({ params }).catch(() => {});
    throw error;
  }
}

/** What a file probably is; people may say otherwise. */
export function kindOf(file: File): Image["kind"] {
  return /\.(img|ima|flp|vfd)$/i.test(file.name) ? "floppy" : "cd";
}
