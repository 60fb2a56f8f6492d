import assert from "node:assert/strict";
import { test } from "node:test";
import { aDnsServer, type Zone } from "../testing/dns-server.ts";
import { checkDns, type OwnPlace } from "./dns-check.ts";

// Against a real DNS server on loopback.

const own: OwnPlace = { addresses: ["10.1.2.3", "127.0.0.1"], fullName: "vigil01.corp.example" };
const zone: Zone = {
  "provisionserver.here.example": { a: ["10.1.2.3"] },
  "provisionserver.alias.example": { cname: "vigil01.corp.example" },
  "vigil01.corp.example": { a: ["10.1.2.3"] },
  "provisionserver.old.example": { cname: "scs.old.example" },
  "scs.old.example": { a: ["192.0.2.7"] },
  "provisionserver.dangling.example": { cname: "gone.example" },
  "provisionserver.broken.example": "broken",
  "provisionserver.silent.example": "silent",
};

test("each way in which a suffix may be wrong has a status and a next step of its own", async () => {
  await using server = await aDnsServer(zone);
  const { signal } = new AbortController();
  const ask = (suffix: string) => checkDns(suffix, { servers: [server.address], own, signal });
  const here = await ask("here.example");
  assert.deepEqual([here.status, here.addresses, here.alias, here.next], ["here", ["10.1.2.3"], null, ""]);
  const alias = await ask("alias.example");
  assert.deepEqual([alias.status, alias.alias], ["here", "vigil01.corp.example"]);
  const old = await ask("old.example");
  assert.deepEqual([old.status, old.alias, old.addresses], ["elsewhere", "scs.old.example", ["192.0.2.7"]]);
  assert.match(old.next, /192\.0\.2\.7/);
  const dangling = await ask("dangling.example");
  assert.deepEqual([dangling.status, dangling.alias], ["dangling", "gone.example"]);
  const missing = await ask("missing.example");
  assert.equal(missing.status, "missing");
  assert.deepEqual(missing.records, [
    "ProvisionServer.missing.example. 3600 IN CNAME vigil01.corp.example.",
    "ProvisionServer.missing.example. 3600 IN A 10.1.2.3",
  ]);
  assert.deepEqual(missing.servers, [server.address]);
  assert.equal((await ask("broken.example")).status, "failed");
});

test("a resolver that does not answer, and one that is not there, are told from a name that is not there", async () => {
  await using server = await aDnsServer(zone);
  const { signal } = new AbortController();
  const silent = await checkDns("silent.example", { servers: [server.address], own, signal });
  assert.equal(silent.status, "unreachable");
  // Nobody listens on the port of a discard service.
  const absent = await checkDns("here.example", { servers: ["127.0.0.1:9"], own, signal });
  assert.equal(absent.status, "unreachable");
});

test("removing the record turns the suffix from good to missing", async () => {
  const { signal } = new AbortController();
  const statusWith = async (records: Zone): Promise<string> => {
    await using server = await aDnsServer(records);
    return (await checkDns("here.example", { servers: [server.address], own, signal })).status;
  };
  assert.equal(await statusWith(zone), "here");
  assert.equal(await statusWith({}), "missing");
});
