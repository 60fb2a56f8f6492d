import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import { serverConfig, type ServerOptions } from "./config.ts";

const root = mkdtempSync(join(tmpdir(), "vigil-config-"));
after(() => rmSync(root, { recursive: true, force: true }));

function configIn(folder: string, options: Partial<ServerOptions> = {}, env: NodeJS.ProcessEnv = {}) {
  const dataDirectory = join(root, folder);
  return serverConfig(
    { mode: "server", dataDirectory, http: "9970", helloPort: 9971, domainSuffix: "a.example", ...options },
    env,
  );
}

test("the first start makes a master key that only its owner can read, and the next finds it", () => {
  const first = configIn("a");
  assert.equal(first.masterKey.length, 32);
  assert.deepEqual(configIn("a").masterKey, first.masterKey);
  assert.equal(statSync(join(root, "a/master.key")).mode & 0o777, 0o600);
  assert.equal(statSync(join(root, "a")).mode & 0o777, 0o700);
});

test("a database without its master key is not given a new one", () => {
  mkdirSync(join(root, "b/database"), { recursive: true });
  assert.throws(() => configIn("b"), hasCode("server.master-key.missing"));
  const key = Buffer.alloc(32, 7).toString("base64");
  assert.deepEqual(Buffer.from(configIn("b", {}, { VIGIL_MASTER_KEY: key }).masterKey), Buffer.alloc(32, 7));
  assert.throws(() => configIn("b", {}, { VIGIL_MASTER_KEY: "short" }), hasCode("server.master-key.malformed"));
});

test("addresses are a port, or a host and a port", () => {
  const at = (http: string) => {
    const { httpHost, httpPort } = configIn("a", { http });
    return [httpHost, httpPort];
  };
  assert.deepEqual(at("80"), ["127.0.0.1", 80]);
  assert.deepEqual(at("0.0.0.0:80"), ["0.0.0.0", 80]);
  assert.deepEqual(at("[::1]:80"), ["::1", 80]);
  for (const wrong of ["", "99999", "host:", "a:b"]) assert.throws(() => at(wrong), hasCode("server.option.invalid"));
});

test("options that make no sense are refused", () => {
  assert.throws(() => configIn("a", { domainSuffix: "not a name" }), hasCode("server.option.invalid"));
  assert.throws(() => configIn("a", { setupKey: "key.pem" }), hasCode("server.option.invalid"));
  assert.throws(() => configIn("a", { setupKey: "no", setupCertificate: "no" }), hasCode("server.option.invalid"));
});

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof VigilError && error.code === code;
}

test("the secrets of retired devices are kept for 90 days, or as long as is said", () => {
  assert.equal(configIn("days").secretDays, 90);
  assert.equal(configIn("days", { secretDays: 0 }).secretDays, 0);
  for (const secretDays of [-1, 1.5, Number.NaN, 4_000])
    assert.throws(() => configIn("days", { secretDays }), hasCode("server.option.invalid"));
});
