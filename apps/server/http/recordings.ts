import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Readable } from "node:stream";
import { recordingFilePath } from "@vigil/api/resources/sessions.ts";
import { fail } from "../errors.ts";

/** A recording as it is sent. */
export interface ServedRecording {
  readonly name: string;
  readonly bytes: number;
  readonly stream: Readable;
}

/**
 * Sends the files of recordings: too large to stand in an answer of JSON.
 * @param options.actorOf throws access.not-signed-in, access.forbidden (caller)
 */
export function addRecordings(
  app: FastifyInstance,
  options: {
    readonly actorOf: (request: FastifyRequest) => Promise<string>;
    readonly file: (actor: string, id: string) => Promise<ServedRecording>;
  },
): void {
  app.get(recordingFilePath(":id"), async (request, reply) => {
    const actor = await options.actorOf(request);
    const id = /\/([0-9a-f-]{36})\/file$/.exec(request.url)?.[1];
    if (id === undefined) throw fail("api.route.unknown");
    const { name, bytes, stream } = await options.file(actor, id);
    // A host's name has no quotes; a browser must not take the bytes for a page.
    void reply.headers({
      "content-type": "application/octet-stream",
      "content-length": bytes,
      "content-disposition": `attachment; filename="${name.replaceAll(/[^\w.-]/g, "_")}"`,
      "cache-control": "no-store",
    });
    return reply.send(stream);
  });
}
