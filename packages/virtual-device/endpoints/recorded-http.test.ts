import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { AMT_TLSCredentialContext } from "@vigil/model/amt/AMT_TLSCredentialContext.ts";
import { AMT_PublicKeyCertificate } from "@vigil/model/amt/AMT_PublicKeyCertificate.ts";
import { AMT_TLSProtocolEndpointCollection } from "@vigil/model/amt/AMT_TLSProtocolEndpointCollection.ts";
import { encodeInstance, referenceTo } from "@vigil/model/instances.ts";
import { actions } from "@vigil/wire/wsman/actions.ts";
import { encodeRequest } from "@vigil/wire/wsman/envelope.ts";
import type { VirtualDevice } from "../device.ts";
import type { Fleet } from "../fleet.ts";
import { aFleet, authorized, deviceOf, talk } from "../testing/tools.ts";

// A device of release 15.0.23 against what one of that release has answered, byte by byte over a socket.

const goldens = new URL("../../wire/goldens/", import.meta.url);
const recorded = readFileSync(new URL("http/general-settings.http", goldens), "latin1");
const getRequest = readFileSync(new URL("wsman/get-request.xml", goldens), "utf8");
const recordedFault = readFileSync(new URL("wsman/already-exists.xml", goldens), "utf8");
const password = "P@ssw0rd";

let fleet: Fleet;
let device: VirtualDevice;
before(async () => {
  fleet = await aFleet({ generations: ["15"], provisioned: { password, acceptsPlain: true } });
  device = deviceOf(fleet);
});
after(() => fleet.stop());

async function ask(body: string): Promise<string> {
  const challenge = (await talk(device.address, 16_992, authorized({ challenge: "", nc: "00000001" }))).toString();
  const request = authorized({ challenge, nc: "00000001", lines: "Connection: close\r\n", password, body });
  return (await talk(device.address, 16_992, request)).toString("latin1");
}

interface Cut {
  readonly head: readonly string[];
  /** As written. */
  readonly sizes: readonly string[];
  readonly chunks: readonly string[];
  /** What follows the last chunk. */
  readonly end: string;
}

/** Head and chunks as they stand. */
function cut(answer: string): Cut {
  const blank = answer.indexOf("\r\n\r\n");
  const sizes: string[] = [];
  const chunks: string[] = [];
  let at = blank + 4;
  for (;;) {
    const size = answer.slice(at, answer.indexOf("\r\n", at));
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    at += size.length + 2;
    chunks.push(answer.slice(at, at + length));
    assert.equal(answer.slice(at + length, at + length + 2), "\r\n");
    at += length + 2;
    sizes.push(size);
  }
  return { head: answer.slice(0, blank).split("\r\n"), sizes, chunks, end: answer.slice(at) };
}

test("status line, names, order, spelling and values of the head are the recorded ones, but for the date", async () => {
  const expected = cut(recorded).head;
  const found = cut(await ask(getRequest)).head;
  const date = /^Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
  for (const head of [expected, found]) assert.match(head[1] ?? "", date);
  assert.deepEqual(found.toSpliced(1, 1), expected.toSpliced(1, 1));
});

test("a body is cut as the recorded one: sizes, digits, the rest, the end", async () => {
  const expected = cut(recorded);
  const found = cut(await ask(getRequest));
  assert.deepEqual(found.sizes.slice(0, -1), expected.sizes.slice(0, -1));
  assert.match(found.sizes.at(-1) ?? "", /^[0-9A-F]{4}$/);
  assert.equal(found.end, expected.end);
  assert.equal(found.chunks[0], expected.chunks[0], "the first chunk of both is the same declarations");
});

test("a fault is one chunk, of the recorded length, and the connection ends", async () => {
  const body = encodeRequest({
    action: actions.create,
    resourceUri: AMT_TLSCredentialContext.uri,
    messageId: "31",
    selectors: {},
    hasOptions: false,
    mustUnderstand: [],
    body: encodeInstance(AMT_TLSCredentialContext, {
      ElementInContext: referenceTo(AMT_PublicKeyCertificate, { InstanceID: "Intel(r) AMT Certificate: Handle: 0" }),
      ElementProvidingContext: referenceTo(AMT_TLSProtocolEndpointCollection, {
        ElementName: "TLSProtocolEndpoint Instances Collection",
      }),
    }),
  });
  const { head, sizes, chunks, end } = cut(await ask(body));
  const own = /uuid:[-0-9A-F]{36}/;
  assert.equal(head[0], "HTTP/1.1 400 Bad Request");
  assert.deepEqual(head.slice(2), [...cut(recorded).head.slice(2), "Connection: close"]);
  assert.deepEqual(sizes, ["04CC"]);
  assert.equal(chunks[0]?.replace(own, ""), recordedFault.replace(own, ""));
  assert.equal(end, "0\r\n\r\n");
});
