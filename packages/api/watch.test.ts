import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { after, test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { vigilClient } from "./client.ts";
import { EventStreamReader } from "./event-stream.ts";
import { liveSilenceMs } from "./live.ts";

const stream = { "content-type": "text/event-stream" };

/** A feed server: the n-th watcher gets the n-th answer, all later ones the last. */
async function feedThat(...answers: ((response: ServerResponse) => void)[]): Promise<string> {
  let count = 0;
  const server = createServer((_, response) => {
    answers[Math.min(count, answers.length - 1)]?.(response);
    count += 1;
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

/** Watches until `count` lines of events and connection changes have come. */
async function watchUntil(baseUrl: string, count: number): Promise<string[]> {
  const lines: string[] = [];
  const stop = new AbortController();
  const note = (line: string): void => {
    lines.push(line);
    if (lines.length === count) stop.abort();
  };
  await vigilClient({ baseUrl }).watch((event) => note(`${event.name} ${JSON.stringify(event.data)}`), {
    signal: stop.signal,
    onConnection: (now) => note(now.state === "open" ? "open" : `closed ${now.error.code}`),
  });
  return lines;
}

test("events arrive whole, whatever the pieces, and unknown ones are skipped", async () => {
  const baseUrl = await feedThat((response) => {
    response.writeHead(200, stream);
    for (const byte of ': hi\n\nevent: later\ndata: {}\n\nevent: runs\r\ndata: {"items":\ndata: []}\r\n\r\n')
      response.write(byte);
  });
  assert.deepEqual(await watchUntil(baseUrl, 2), ["open", 'runs {"items":[]}']);
});

test("a feed that ends is opened again, and a gap says so", async () => {
  const baseUrl = await feedThat(
    (response) => response.writeHead(200, stream).end('event: runs\ndata: {"items":[]}\n\n'),
    (response) => response.writeHead(200, stream).write(": again\n\n"),
  );
  assert.deepEqual(await watchUntil(baseUrl, 5), [
    "open",
    'runs {"items":[]}',
    "closed api.server.unreachable",
    "open",
    'gap {"dropped":0}',
  ]);
});

test("a silent feed is given up", async () => {
  const clock = testClock();
  const baseUrl = await feedThat((response) => response.writeHead(200, stream).flushHeaders());
  const stop = new AbortController();
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<string>();
  const watching = vigilClient({ baseUrl, clock }).watch(() => {}, {
    signal: stop.signal,
    onConnection: (now) => (now.state === "open" ? opened.resolve() : closed.resolve(now.error.code)),
  });
  await opened.promise;
  await clock.advance(liveSilenceMs);
  assert.equal(await closed.promise, "api.answer.late");
  stop.abort();
  await watching;
  assert.equal(clock.pending(), 0);
});

test("a watcher who is not signed in is refused at once", async () => {
  const error = { code: "access.sign-in.needed", side: "caller", message: "Sign in", next: "Sign in", details: {} };
  const baseUrl = await feedThat((response) => response.writeHead(401).end(JSON.stringify({ error })));
  const watching = vigilClient({ baseUrl }).watch(() => {}, { signal: new AbortController().signal });
  await assert.rejects(watching, (thrown) => thrown instanceof VigilError && thrown.code === error.code);
});

test("a message without end is refused before it fills the memory", () => {
  const reader = new EventStreamReader();
  const piece = `data: ${"x".repeat(1024 * 1024)}\n`;
  assert.throws(() => {
    for (let count = 0; count < 10; count += 1) reader.push(piece);
  }, /does not come from a Vigil server/);
  assert.throws(() => new EventStreamReader().push("x".repeat(5 * 1024 * 1024)), VigilError);
});
