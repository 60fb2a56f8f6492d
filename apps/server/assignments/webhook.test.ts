import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { systemClock } from "@vigil/base/clock.ts";
import { reportOf, VigilError } from "@vigil/base/errors.ts";
import { Sealed } from "../credentials/credentials.ts";
import type { Evidence, Rule } from "./assignment.ts";
import { askWebhook, signatureOf } from "./webhook.ts";

// Against a real HTTP server on this machine.

const secret = "correct horse battery staple";
const evidence: Evidence = {
  uuid: "4c4c4544-0042-3510-8053-b7c04f4a5931",
  address: "10.0.0.1",
  mac: null,
  serialNumber: "PF1",
  release: null,
  dnsSuffix: null,
  facts: {},
};
let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void;
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => answer(request, response, Buffer.concat(parts).toString("utf8")));
});
let url: string;
before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  url = `http://127.0.0.1:${address.port}/who?token=in-the-address`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

function ask(at = url, timeoutSeconds = 5, hasSecret = true) {
  const webhook = { url: at, timeoutSeconds, onFailure: "fail" } as const;
  const rule: Rule = { id: "r", name: "CMDB", isOn: true, conditions: [], outcome: {}, webhook };
  const secretOf = () => Promise.resolve(hasSecret ? new Sealed(() => secret) : undefined);
  const options = { purpose: "decide", signal: new AbortController().signal } as const;
  return askWebhook({ clock: systemClock(), secretOf }, rule, evidence, options);
}

async function codeOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return "none";
  } catch (error) {
    assert.ok(error instanceof VigilError);
    const shown = JSON.stringify(reportOf(error)) + String(error.stack);
    assert.equal(shown.includes(secret), false, "no error shows the secret");
    assert.equal(shown.includes("in-the-address"), false, "nor what stands in the address");
    return error.code;
  }
}

test("a webhook gets the evidence with a signature that only the secret makes, and its outcome is taken", async () => {
  let asked: { readonly signature: string; readonly body: string } | undefined;
  answer = ({ headers }, response, body) => {
    asked = { signature: String(headers["x-vigil-signature"]), body };
    response.end(JSON.stringify({ hostName: "desk-9", profile: "Desks" }));
  };
  assert.deepEqual(await ask(), { hostName: "desk-9", profile: "Desks" });
  assert.deepEqual(JSON.parse(asked?.body ?? ""), { purpose: "decide", rule: "CMDB", evidence });
  const seconds = Number(/^t=(\d+),v1=[0-9a-f]{64}$/.exec(asked?.signature ?? "")?.[1]);
  assert.equal(asked?.signature, signatureOf(secret, seconds, asked?.body ?? ""));
  assert.notEqual(asked?.signature, signatureOf("another", seconds, asked?.body ?? ""));
});

test("an answer that says nothing is one", async () => {
  answer = (_request, response) => response.end("{}");
  assert.deepEqual(await ask(), {});
});

const wrongAnswers = [
  "",
  "null",
  "[]",
  '"x"',
  '{"hostName":',
  '{"hostName":""}',
  '{"hostName":7}',
  '{"hostName":"a.b"}',
  '{"hostName":"{serial}"}',
  '{"colour":"red"}',
  '{"domainName":"-x"}',
  '{"organizationalUnit":"x"}',
  `{"profile":"${"x".repeat(61)}"}`,
  `{"profile":"${"x".repeat(20_000)}"}`,
];

test("an answer that is no outcome is refused", async () => {
  for (const text of wrongAnswers) {
    answer = (_request, response) => response.end(text);
    assert.equal(await codeOf(ask()), "assignments.webhook.answer", text.slice(0, 40));
  }
});

test("an answer that sends elsewhere, refuses or fails is refused, and nobody else is asked", async () => {
  for (const status of [301, 307, 401, 404, 500, 204]) {
    const asked: string[] = [];
    answer = (request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(status, { location: "/other" }).end();
    };
    assert.equal(await codeOf(ask()), "assignments.webhook.status");
    assert.deepEqual(asked, ["/who?token=in-the-address"]);
  }
});

test("a webhook that is slow, that is not there, or has no secret yet, each fails with its own code", async () => {
  answer = (_request, response) => response.write("{");
  assert.equal(await codeOf(ask(url, 1)), "assignments.webhook.timeout");
  assert.equal(await codeOf(ask("http://127.0.0.1:1/")), "assignments.webhook.unreachable");
  assert.equal(await codeOf(ask(url, 5, false)), "assignments.webhook.secret-missing");
});
