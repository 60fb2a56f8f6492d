import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";

const folder = join(import.meta.dirname, "../../../docs/runbooks");
const none = "There is no runbook for this code. Its error says what to do next.\n";

/** Serves the page of each failure code to whoever meets one, signed in or not: the console links them. */
export function addRunbooks(app: FastifyInstance): void {
  app.get("/runbooks/:code", async (request, reply) => {
    const code = /^\/runbooks\/([a-z]+(?:\.[a-zA-Z-]+)+)$/.exec(request.url)?.[1];
    const page = code === undefined ? undefined : await pageOf(code);
    return reply
      .status(page === undefined ? 404 : 200)
      .type("text/plain; charset=utf-8")
      .header("cache-control", "no-cache")
      .send(page ?? none);
  });
}

async function pageOf(code: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, `${code}.md`), "utf8");
  } catch {
    // Not every code has one, and the docs may not have been installed.
    return undefined;
  }
}
