import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { routesByName } from "@vigil/api/api.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { databaseKinds } from "@vigil/postgres/test-databases.ts";
import { aServer, type TestServer } from "./testing/a-server.ts";

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    let server: TestServer;
    before(async () => void (server = await aServer({}, kind)));
    after(() => server[Symbol.asyncDispose]());

    const uuid = "01234567-89ab-cdef-0123-456789abcdef";

    function ask(path: string, init: RequestInit = {}): Promise<Response> {
      return fetch(server.running.url + path, init);
    }

    async function codeOf(answer: Response): Promise<string> {
      const body: unknown = await answer.json();
      assert.ok(typeof body === "object" && body !== null && "error" in body, JSON.stringify(body));
      const { error } = body;
      assert.ok(typeof error === "object" && error !== null && "code" in error && "next" in error && "side" in error);
      return String(error.code);
    }

    test("every route but the public ones wants somebody who is signed in", async () => {
      let count = 0;
      for (const [name, { method, path, permission }] of routesByName()) {
        if (permission === "public") continue;
        const filled = path.replaceAll(/\{\w+\}/g, uuid);
        const answer = await ask(`/api${filled}`, { method });
        assert.equal(answer.status, 401, name);
        assert.equal(await codeOf(answer), "access.not-signed-in", name);
        count += 1;
      }
      assert.ok(count > 20);
    });

    test("the contract is served as OpenAPI 3.1 and names every route with its permission", async () => {
      const answer = await ask("/api/openapi.json");
      const text = await answer.text();
      const document: unknown = JSON.parse(text);
      assert.ok(typeof document === "object" && document !== null && "openapi" in document && "paths" in document);
      assert.equal(document.openapi, "3.1.0");
      for (const [name, { permission }] of routesByName()) {
        assert.ok(text.includes(`"operationId":"${name}"`), name);
        assert.ok(text.includes(`"x-permission":"${permission}"`), name);
      }
    });

    test("the classes of the model are sent once, zipped, and not again while the server's version stays", async () => {
      const headers = { authorization: `Bearer ${server.key}` };
      const first = await ask("/api/classes", { headers });
      assert.equal(first.headers.get("content-encoding"), "gzip");
      const body = await first.text();
      assert.ok(Number(first.headers.get("content-length")) < body.length / 8, "hardly any smaller");
      const etag = first.headers.get("etag") ?? "";
      const again = await ask("/api/classes", { headers: { ...headers, "if-none-match": etag } });
      assert.deepEqual([again.status, await again.text()], [304, ""]);
      const plain = await ask("/api/classes", { headers: { ...headers, "accept-encoding": "identity" } });
      assert.deepEqual([plain.headers.get("content-encoding"), await plain.text()], [null, body]);
      const { items } = await server.client.explorer.classes();
      assert.ok(items.length > 200);
      assert.ok(items.some(({ name, methods }) => name === "AMT_MessageLog" && methods.length > 5));
    });

    test("the explorer refuses what makes no sense before it looks for the device", async () => {
      const explore = (body: Parameters<typeof server.client.explorer.explore>[0]["body"]) =>
        server.client.explorer.explore({ params: { id: uuid }, body });
      await assert.rejects(explore({ verb: "get", className: "AMT_Nothing" }), hasCode("amt.explore.unknown"));
      const log = { verb: "invoke", className: "AMT_MessageLog" } as const;
      await assert.rejects(explore({ ...log, method: "GetRecords" }), hasCode("amt.explore.argument"));
      await assert.rejects(explore(log), hasCode("amt.explore.unknown"));
      await assert.rejects(
        explore({ ...log, method: "FreezeLog", input: { Freeze: ["true"] } }),
        hasCode("devices.unknown"),
      );
      await assert.rejects(server.client.explorer.lacking({ params: { id: uuid } }), hasCode("devices.unknown"));
      const { items } = await server.client.audit.list({ query: { search: "explorer" } });
      assert.deepEqual(items, [], "nothing was called, so nothing is written down");
    });

    test("every runbook can be read in the browser, and nothing else of the machine", async () => {
      const page = await ask("/runbooks/amt.outcome.unknown");
      assert.equal(page.headers.get("content-type"), "text/plain; charset=utf-8");
      assert.match(await page.text(), /^# Outcome unknown/);
      for (const path of ["base.unexpected", "..%2f..%2fpackage.json", "a.b%00"]) {
        assert.equal((await ask(`/runbooks/${path}`)).status, 404, path);
      }
    });

    test("a sign-in link works once, and its session ends with signing out", async () => {
      const link = new URL(await server.running.signInLink());
      const token = new URLSearchParams(link.hash.slice(1)).get("token");
      const signIn = (): Promise<Response> =>
        ask("/api/session", {
          method: "POST",
          headers: { "content-type": "application/json", origin: server.running.url },
          body: JSON.stringify({ token }),
        });
      const first = await signIn();
      assert.equal(first.status, 201);
      const cookie = first.headers.get("set-cookie") ?? "";
      assert.match(cookie, /HttpOnly; SameSite=Strict/);
      const session = { cookie: cookie.split(";")[0] ?? "" };
      assert.equal((await ask("/api/devices", { headers: session })).status, 200);
      assert.equal(await codeOf(await signIn()), "access.link.invalid");
      assert.equal((await ask("/api/session", { method: "DELETE", headers: session })).status, 204);
      assert.equal(await codeOf(await ask("/api/devices", { headers: session })), "access.not-signed-in");
    });

    test("a page of another origin and a name that is not the server's are refused", async () => {
      const headers = { authorization: `Bearer ${server.key}`, origin: "http://evil.example" };
      const answer = await ask("/api/devices", { headers });
      assert.equal(answer.status, 403);
      assert.equal(await codeOf(answer), "api.origin.refused");
    });

    test("a removed API key signs nobody in any more", async () => {
      const made = await server.client.access.createKey({ body: { name: "short-lived" } });
      const headers = { authorization: `Bearer ${made.key}` };
      assert.equal((await ask("/api/devices", { headers })).status, 200);
      const { items } = await server.client.access.keys();
      assert.ok(items.every((one) => !("key" in one) && made.key !== one.start));
      await server.client.access.removeKey({ params: { id: made.id } });
      assert.equal((await ask("/api/devices", { headers })).status, 401);
      await assert.rejects(server.client.access.removeKey({ params: { id: made.id } }), hasCode("access.key.unknown"));
    });

    test("bad input is refused with its place, and unknown things with their name", async () => {
      const headers = { authorization: `Bearer ${server.key}`, "content-type": "application/json" };
      const post = (body: string): Promise<Response> => ask("/api/runs", { method: "POST", headers, body });
      for (const body of [
        "{",
        "[]",
        '{"operation":"power.on"}',
        '{"operation":"power.on","target":{"devices":[]}}',
        '{"a":1}',
      ]) {
        const answer = await post(body);
        assert.equal(answer.status, 400, body);
        assert.equal(await codeOf(answer), "api.request.invalid", body);
      }
      assert.equal(await codeOf(await ask("/api/nothing", { headers })), "api.route.unknown");
      await assert.rejects(server.client.devices.show({ params: { id: uuid } }), hasCode("devices.unknown"));
      await assert.rejects(
        server.client.collections.show({ params: { name: "nope" } }),
        hasCode("collections.unknown"),
      );
      await assert.rejects(server.client.runs.show({ params: { id: "nope" } }), hasCode("runs.unknown"));
      await assert.rejects(
        server.client.runs.start({ body: { operation: "power.on", target: { devices: ["nope"] } } }),
        hasCode("devices.unknown"),
      );
      const both = { operation: "power.on" as const, target: { devices: ["a"], collection: "All" } };
      await assert.rejects(server.client.runs.start({ body: both }), hasCode("runs.target.unclear"));
    });

    test("a run over an empty collection is finished at once", async () => {
      const run = await server.client.runs.start({ body: { operation: "power.off", target: { collection: "all" } } });
      assert.deepEqual([run.state, run.total], ["finished", 0]);
      const { items } = await server.client.audit.list({ query: { search: "Power off" } });
      assert.equal(items[0]?.action, "run.started");
    });

    test("collections can be made, shown and removed, the built-in ones not", async () => {
      const { collections } = server.client;
      const made = await collections.create({ body: { name: "Old ones", filter: "release = 11" } });
      assert.deepEqual([made.kind, made.isBuiltIn, made.count], ["query", false, 0]);
      await assert.rejects(collections.create({ body: { name: "OLD ONES" } }), hasCode("collections.taken"));
      assert.deepEqual(
        (await collections.list()).items.map((one) => one.name),
        ["All", "Not provisioned", "Provisioned", "Old ones"],
      );
      await collections.remove({ params: { name: "old ones" } });
      await assert.rejects(collections.remove({ params: { name: "All" } }), hasCode("collections.built-in"));
    });

    test("collections lie in one another, never in themselves, and none is removed from under another", async () => {
      const { collections } = server.client;
      const make = (name: string, filter: string) => collections.create({ body: { name, filter } });
      const change = (name: string, filter: string) => collections.change({ params: { name }, body: { filter } });
      await make("A", "power = off");
      const b = await make("B", "collection in (a, Provisioned) and not tag=kiosk");
      assert.equal(b.filter, 'collection in ("a", "Provisioned") and not tag = "kiosk"');
      await assert.rejects(change("A", "collection = B"), hasCode("collections.ring"));
      await assert.rejects(make("C", "collection = c"), hasCode("collections.ring"));
      await assert.rejects(make("C", "collection = nobody"), hasCode("collections.unknown"));
      await assert.rejects(make("C", "collection ~ a*"), hasCode("collections.pattern"));
      await assert.rejects(make("C", "state ="), hasCode("filter.syntax"));
      await assert.rejects(make("C", `"${"x".repeat(10_000)}"`), hasCode("filter.too-large"));
      await assert.rejects(collections.create({ body: { name: "C" } }), hasCode("collections.unclear"));
      await assert.rejects(collections.remove({ params: { name: "A" } }), hasCode("collections.in-use"));
      await assert.rejects(change("All", "power = off"), hasCode("collections.built-in"));
      assert.equal((await change("A", "power = on")).filter, 'power = "on"');
      const seen = await collections.preview({ body: { filter: "collection = B or desk" } });
      assert.deepEqual([seen.filter, seen.count], ['collection = "B" or "desk"', 0]);
      await assert.rejects(server.client.devices.list({ query: { filter: "a or" } }), hasCode("filter.syntax"));
      await collections.remove({ params: { name: "B" } });
      await collections.remove({ params: { name: "A" } });
    });

    test("too many sign-ins in a minute are refused", async () => {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ token: "A".repeat(43) });
      const codes = new Set<string>();
      for (let count = 0; count < 12; count += 1)
        codes.add(await codeOf(await ask("/api/session", { method: "POST", headers, body })));
      assert.deepEqual([...codes], ["access.link.invalid", "api.request.too-many"]);
    });

    test("a second server on the same ports says so, and leaves nothing open", async () => {
      const { port } = new URL(server.running.url);
      await assert.rejects(aServer({ http: port }), hasCode("server.port.in-use"));
      await assert.rejects(aServer({ helloPort: server.running.helloPort }), hasCode("server.port.in-use"));
    });

    function hasCode(code: string): (error: unknown) => boolean {
      return (error) => {
        assert.ok(error instanceof VigilError, String(error));
        assert.equal(error.code, code);
        return true;
      };
    }
  });
}
