import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";
import { firstValue } from "../testing/xml-text.ts";
import { aFleet, authorized, deviceOf, identifyEnvelope, run, talk, type Ended } from "../testing/tools.ts";
import type { VirtualDevice } from "../device.ts";
import type { Fleet } from "../fleet.ts";

// One device in factory state, as curl and a plain socket see it on port 16992.

let fleet: Fleet;
let device: VirtualDevice;
before(async () => {
  fleet = await aFleet();
  device = deviceOf(fleet);
});
after(() => fleet.stop());
afterEach(() => device.faults.clear());

const post = "POST /wsman HTTP/1.1\r\nHost: device\r\nContent-Length: 0\r\n\r\n";
const getRequest = readFileSync(new URL("../../wire/goldens/wsman/get-request.xml", import.meta.url), "utf8");

function curl(password: string, body: string, ...more: string[]): Promise<Ended> {
  const url = `http://${device.address}:16992/wsman`;
  const data = ["--data-binary", body, "-H", "Content-Type: application/soap+xml;charset=UTF-8"];
  return run("curl", ["-sS", "-m", "10", "--digest", "-u", `admin:${password}`, ...data, ...more, url]);
}

test("without a login it answers with the recorded lines in their order, and ends the connection", async () => {
  const text = (await talk(device.address, 16_992, post)).toString("latin1");
  const [head = "", body = ""] = text.split("\r\n\r\n");
  const lines = head.split("\r\n");
  assert.equal(lines[0], "HTTP/1.1 401 Unauthorized");
  assert.match(
    lines[1] ?? "",
    /^WWW-Authenticate: Digest realm="Digest:[0-9A-F]{32}", nonce="[A-Za-z0-9+/]{32}",stale="false",qop="auth"$/,
  );
  assert.equal(lines[2], "Content-Type: text/html");
  assert.match(lines[3] ?? "", /^Server: Intel\(R\) Active Management Technology \d+\.\d+\.\d+(\.\d+)?$/);
  assert.match(lines[4] ?? "", /^Content-Length: 69[03]$/);
  assert.equal(lines[5], "Connection: close");
  assert.equal(lines.length, 6);
  assert.equal(body.length, Number((lines[4] ?? "").slice("Content-Length: ".length)));
  assert.match(body, /EN" >/);
  assert.match(body, /Log on failed\. Incorrect user name or password, or user account temporarily locked\./);
});

test("a nonce holds a counter, zeros and twelve bytes that differ each time", async () => {
  const nonces: Buffer[] = [];
  for (let count = 0; count < 3; count += 1) {
    const text = (await talk(device.address, 16_992, post)).toString("latin1");
    nonces.push(Buffer.from(/nonce="([^"]+)"/.exec(text)?.[1] ?? "", "base64"));
  }
  for (const nonce of nonces) {
    assert.equal(nonce.length, 24);
    assert.deepEqual([...nonce.subarray(8, 12)], [0, 0, 0, 0]);
    assert.equal(nonce[7], 0);
  }
  assert.equal(new Set(nonces.map((one) => one.subarray(12).toString("hex"))).size, 3);
});

test("curl --digest logs in with the factory's password and gets firmware's head and chunks", async () => {
  const { code, stdout } = await curl("admin", identifyEnvelope, "-i", "--raw");
  assert.equal(code, 0);
  const answer = stdout.slice(stdout.indexOf("HTTP/1.1 200 OK"));
  const [head = "", ...rest] = answer.split("\r\n\r\n");
  const names = head
    .split("\r\n")
    .slice(1)
    .map((line) => line.split(":")[0]);
  assert.deepEqual(names, ["Date", "Server", "X-Frame-Options", "Content-Type", "Transfer-Encoding"]);
  assert.match(head, /\r\nContent-Type: application\/soap\+xml; charset=UTF-8\r\nTransfer-Encoding: chunked$/);
  const body = rest.join("\r\n\r\n");
  assert.match(body, /^[0-9A-F]+\r\n<\?xml version="1\.0" encoding="UTF-8"\?><a:Envelope /);
  assert.match(body, /\r\n0\r\n/);
});

test("identify says what it is, get gives an instance, both to curl", async () => {
  const identity = await curl("admin", identifyEnvelope);
  assert.equal(firstValue(identity.stdout, "ProductVendor"), "Intel(r)");
  assert.match(firstValue(identity.stdout, "ProductVersion") ?? "", /^AMT \d+\.\d+/);
  const instance = await curl("admin", getRequest);
  assert.equal(firstValue(instance.stdout, "InstanceID"), "Intel(r) AMT: General Settings");
  assert.match(firstValue(instance.stdout, "DigestRealm") ?? "", /^Digest:[0-9A-F]{32}$/);
});

test("a wrong password and an unknown user get the same page as no login at all", async () => {
  const strip = (text: string): string => text.replaceAll(/nonce="[^"]+"/g, "");
  const none = (await talk(device.address, 16_992, post)).toString("latin1").split("\r\n\r\n")[1];
  const wrong = await curl("wrong", identifyEnvelope, "-w", "%{http_code}");
  assert.equal(strip(wrong.stdout), `${none}401`);
  const url = `http://${device.address}:16992/wsman`;
  const unknown = await run("curl", ["-sS", "--digest", "-u", "nobody:admin", "-d", "", "-w", "%{http_code}", url]);
  assert.equal(strip(unknown.stdout), `${none}401`);
});

test("one challenge serves many requests, on one connection and on the next", async () => {
  const challenge = (await talk(device.address, 16_992, post)).toString("latin1");
  const close = "Connection: close\r\n";
  const both = authorized({ challenge, nc: "00000001" }) + authorized({ challenge, nc: "00000002", lines: close });
  const answers = (await talk(device.address, 16_992, both)).toString("latin1");
  assert.equal(answers.match(/HTTP\/1\.1 200 OK/g)?.length, 2);
  const next = (await talk(device.address, 16_992, authorized({ challenge, nc: "00000009", lines: close }))).toString(
    "latin1",
  );
  assert.match(next, /^HTTP\/1\.1 200 /, "counts may have gaps, other connections count on");
});

test("a class that firmware does not have is a fault with its own status, and ends the connection", async () => {
  const { stdout } = await curl("admin", getRequest.replaceAll("AMT_GeneralSettings", "AMT_NoSuchThing"), "-i");
  assert.match(stdout, /HTTP\/1\.1 400 Bad Request\r\n(?:.*\r\n)*Connection: close\r\n/);
  assert.match(stdout, /DestinationUnreachable/);
});

test("an envelope that is not XML, a bomb and an endless one get an answer, and the next request is served", async () => {
  const bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">]><a>&b;</a>';
  for (const body of ["not xml at all", bomb]) {
    const { stdout } = await curl("admin", body, "-w", "%{http_code}");
    assert.match(stdout, /40[0-9]$|500$/);
  }
  const head = "POST /wsman HTTP/1.1\r\nHost: device\r\nContent-Length: 100000000\r\n\r\n";
  assert.match((await talk(device.address, 16_992, head)).toString("latin1"), /^HTTP\/1\.1 413 /);
  assert.match(
    (await talk(device.address, 16_992, "\u0016\u0003\u0001 nonsense\r\n\r\n")).toString("latin1"),
    /^HTTP\/1\.1 400 /,
  );
  assert.equal((await curl("admin", identifyEnvelope)).code, 0);
});

test("the web page asks to log on, and shows the status to a user only", async () => {
  const base = `http://${device.address}:16992`;
  assert.match((await run("curl", ["-sS", base])).stdout, /Log On/);
  const status = await run("curl", ["-sS", "-w", "%{http_code}", `${base}/index.htm`]);
  assert.match(status.stdout, /401$/);
  const known = await run("curl", ["-sS", "--digest", "-u", "admin:admin", `${base}/index.htm`]);
  assert.match(known.stdout, new RegExp(device.firmware.uuid));
});

test("told to misbehave, it refuses, drops, halves and delays as said, and recovers when the plan is cleared", async () => {
  device.faults.set({ misbehavior: { kind: "drop" } });
  assert.equal((await curl("admin", identifyEnvelope)).code, 52, "empty reply");
  device.faults.set({ misbehavior: { kind: "half", then: "close" } });
  assert.equal((await curl("admin", identifyEnvelope)).code, 18, "partial file");
  device.faults.set({ misbehavior: { kind: "hang" } });
  assert.equal((await curl("admin", identifyEnvelope, "-m", "1")).code, 28, "timeout");
  device.faults.set({ misbehavior: { kind: "delay", ms: 300 } });
  const slow = await curl("admin", identifyEnvelope, "-w", "%{time_total}", "-o", "/dev/null");
  assert.ok(Number(slow.stdout) >= 0.3, slow.stdout);
  device.faults.set({ misbehavior: { kind: "refuse" } });
  await device.settlePorts();
  assert.equal((await curl("admin", identifyEnvelope)).code, 7, "connection refused");
  device.faults.clear();
  await device.settlePorts();
  assert.equal((await curl("admin", identifyEnvelope)).code, 0);
});
