import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { after, test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { VigilError, type ErrorReport } from "@vigil/base/errors.ts";
import { vigilClient, type CallOptions } from "./client.ts";
import type { Api } from "./api.ts";

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A server that answers everything in one way. */
async function serverThat(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.once("end", () => answer(request, response, body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return `http://127.0.0.1:${address.port}`;
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => assert.fail("it succeeded"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof VigilError, String(error));
  return `${error.code} (${error.side})`;
}

test("a call becomes its route's method, path, query and API key", async () => {
  const seen: string[] = [];
  const baseUrl = await serverThat((request, response, body) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization} ${body}`);
    json(response, 200, { items: [], total: 0 });
  });
  const client = vigilClient({ baseUrl: `${baseUrl}/`, token: "key" });
  assert.deepEqual(await client.devices.list({ query: { search: "a b", state: "failed", limit: 5 } }), {
    items: [],
    total: 0,
  });
  await client.collections.show({ params: { name: "lab 1/ü" } });
  await client.runs.start({ body: { operation: "power.cycle", target: { collection: "All" } } });
  assert.deepEqual(seen, [
    "GET /api/devices?search=a+b&state=failed&limit=5 Bearer key ",
    "GET /api/collections/lab%201%2F%C3%BC Bearer key ",
    'POST /api/runs Bearer key {"operation":"power.cycle","target":{"collection":"All"}}',
  ]);
});

test("the types ask for params and body where the route needs them, and never for a query", () => {
  const list: CallOptions<Api["devices"]["list"]> = {};
  const show: CallOptions<Api["devices"]["show"]> = { params: { id: "x" } };
  // @ts-expect-error a device page needs to know which device
  const nothing: CallOptions<Api["devices"]["show"]> = {};
  // @ts-expect-error the route takes no body
  const tooMuch: CallOptions<Api["devices"]["show"]> = { params: { id: "x" }, body: {} };
  assert.ok(list && show && nothing && tooMuch);
});

test("an answer without content is null", async () => {
  const client = vigilClient({ baseUrl: await serverThat((_, response) => response.writeHead(204).end()) });
  assert.equal(await client.access.signOut(), null);
});

test("a reported error keeps its code, side, next step and details", async () => {
  const report: ErrorReport = {
    code: "amt.power.refused",
    side: "device",
    message: "The device refuses",
    next: "Ask it later",
    details: { value: 2, names: ["a"] },
  };
  const client = vigilClient({ baseUrl: await serverThat((_, response) => json(response, 502, { error: report })) });
  await assert.rejects(client.devices.summary(), (error) => {
    assert.ok(error instanceof VigilError);
    const { code, side, message, next, details } = error;
    assert.deepEqual({ code, side, message, next, details }, report);
    return true;
  });
});

test("what is not JSON, or not a report, is api.answer.invalid", async () => {
  for (const answer of [
    (response: ServerResponse) => response.writeHead(200).end("<html>"),
    (response: ServerResponse) => response.writeHead(502).end("<html>Bad gateway"),
    (response: ServerResponse) => json(response, 500, { error: { code: "x" } }),
    (response: ServerResponse) => json(response, 404, null),
  ]) {
    const client = vigilClient({ baseUrl: await serverThat((_, response) => answer(response)) });
    assert.equal(await codeOf(client.access.meta()), "api.answer.invalid (network)");
  }
});

test("a server that is not there, dies mid-answer or redirects is api.server.unreachable", async () => {
  const gone = vigilClient({ baseUrl: "http://127.0.0.1:1" });
  assert.equal(await codeOf(gone.access.meta()), "api.server.unreachable (network)");
  const dying = await serverThat((_, response) => {
    response.writeHead(200, { "content-length": "100" }).write("{");
    response.socket?.end();
  });
  assert.equal(await codeOf(vigilClient({ baseUrl: dying }).access.meta()), "api.server.unreachable (network)");
  const moving = await serverThat((_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end());
  assert.equal(await codeOf(vigilClient({ baseUrl: moving }).access.meta()), "api.server.unreachable (network)");
});

test("a call ends at its deadline, and with the signal's reason when it is aborted", async () => {
  const clock = testClock();
  const arrived = Promise.withResolvers<void>();
  const baseUrl = await serverThat(() => arrived.resolve());
  const client = vigilClient({ baseUrl, clock });
  const late = codeOf(client.access.meta());
  await arrived.promise;
  await clock.advance(30_000);
  assert.equal(await late, "api.answer.late (network)");
  const stop = new AbortController();
  const reason = new Error("enough");
  const aborted = client.access.meta({ signal: stop.signal });
  stop.abort(reason);
  await assert.rejects(aborted, reason);
  assert.equal(clock.pending(), 0);
});
