import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";

/** An answer that does not change while the server runs, ready to be sent. */
export interface ConstantAnswer {
  readonly etag: string;
  readonly plain: Buffer;
  readonly zipped: Buffer;
}

export function constantAnswer(answer: unknown): ConstantAnswer {
  const plain = Buffer.from(JSON.stringify(answer));
  const hash = createHash("sha256").update(plain).digest("base64url");
  // Weak: the zipped form has the same one. @source RFC 9110, 8.8.1
  return { etag: `W/"${hash}"`, plain, zipped: gzipSync(plain) };
}

/** Sends it, or says that the caller has it already. */
export function sendConstant(request: FastifyRequest, reply: FastifyReply, answer: ConstantAnswer): FastifyReply {
  void reply.headers({ etag: answer.etag, "cache-control": "private, no-cache", vary: "accept-encoding" });
  if (request.headers["if-none-match"]?.includes(answer.etag) === true) return reply.status(304).send();
  void reply.type("application/json; charset=utf-8");
  const encodings = String(request.headers["accept-encoding"] ?? "");
  if (!/\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(encodings)) return reply.send(answer.plain);
  return reply.header("content-encoding", "gzip").send(answer.zipped);
}
