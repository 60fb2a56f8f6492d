import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { systemClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { silentLog } from "@vigil/base/log.ts";
import { issuedCertificate, issuedToManager, newIssuer, type Issuer } from "@vigil/virtual-device/firmware/issuer.ts";
import { startFleet, type Fleet } from "@vigil/virtual-device/fleet.ts";
import { identityOf } from "@vigil/virtual-device/identity.ts";
import { connect, type AmtDevice } from "../device.ts";
import { directDialer } from "./direct.ts";
import { secured, type TlsOptions } from "./tls.ts";

// Mutual TLS: virtual devices that want a certificate of their manager, and openssl, which says by an alert why it refuses one.

const password = "P@ssw0rd!";
const generations = ["15", "16", "19"] as const;
const directory = mkdtempSync(join(tmpdir(), "vigil-mutual-"));
const path = (name: string): string => join(directory, name);
let issuer: Issuer;
let manager: NonNullable<TlsOptions["present"]>;
let stranger: NonNullable<TlsOptions["present"]>;
let fleet: Fleet;

before(async () => {
  issuer = await newIssuer("Some authority");
  manager = await issuedToManager(issuer, "vigil.example.test");
  stranger = await issuedToManager(await newIssuer("Another authority"), "vigil.example.test");
  fleet = await startFleet({
    count: generations.length,
    firstAddress: `127.${200 + Math.floor(Math.random() * 50)}.${Math.floor(Math.random() * 250)}.1`,
    clock: systemClock(),
    log: silentLog(),
    trustedRootHashes: [],
    domainSuffix: "example.test",
    generations,
    provisioned: { password, acceptsPlain: false, issuer },
  });
  const der = new X509Certificate(issuer.certificatePem).raw.toString("base64");
  for (const { firmware } of fleet.devices) {
    firmware.change((state) => {
      state.certificates.push({ handle: 1, der, isTrustedRoot: true });
      state.activeTls = { ...state.activeTls, mutual: true };
    });
  }
  writeFileSync(path("issuer.pem"), issuer.certificatePem);
  const { keyPem } = manager;
  const serverPem = await issuedCertificate(issuer, identityOf("mutual", 0), keyPem);
  writeFileSync(path("server.pem"), `${serverPem}\n${keyPem}`);
});
after(async () => {
  await fleet.stop();
  rmSync(directory, { recursive: true, force: true });
});

function deviceAt(host: string, port: number, present?: TlsOptions["present"]): AmtDevice {
  const trust = { caPem: [issuer.certificatePem] };
  const dialer = secured(directDialer({ host }), { trust, ...(present === undefined ? {} : { present }) });
  return connect({ dialer, port, credential: { username: "admin", password }, clock: systemClock() });
}

async function codeOf(failing: Promise<unknown>): Promise<string> {
  const error = await failing.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof VigilError, String(error));
  return error.code;
}

for (const [index, generation] of generations.entries()) {
  test(`AMT ${generation} lets in a manager of its authority, on every connection, and nobody else`, async () => {
    const { address = "" } = fleet.devices[index] ?? {};
    await using device = deviceAt(address, 16_993, manager);
    for (let connections = 0; connections < 3; connections += 1) {
      assert.equal((await device.power.state()).power, "on");
      device.hangUp();
    }
    // It hangs up without a word: before the handshake has ended as we see it, or with TLS 1.3 after that.
    for (const present of [stranger, undefined]) {
      await using other = deviceAt(address, 16_993, present);
      assert.match(await codeOf(other.power.state()), /^amt\.(tls\.failed|connect\.reset)$/);
    }
  });
}

for (const version of ["-tls1_2", "-tls1_3"]) {
  test(`openssl ${version} refuses a certificate, or none, by an alert, whenever that comes`, async () => {
    await using server = await openssl(version);
    for (const present of [stranger, undefined]) {
      await using device = deviceAt("127.0.0.1", server.port, present);
      assert.equal(await codeOf(device.power.state()), "amt.tls.refused");
    }
  });
}

/** A server that wants a certificate of the authority. */
async function openssl(version: string): Promise<{ readonly port: number } & AsyncDisposable> {
  const own = ["-cert", path("server.pem"), "-accept", "127.0.0.1:0"];
  const verify = ["-Verify", "2", "-verify_return_error", "-CAfile", path("issuer.pem")];
  const child = spawn("openssl", ["s_server", version, ...own, ...verify]);
  child.stderr.resume();
  for await (const line of createInterface({ input: child.stdout })) {
    const [, port] = /^ACCEPT .*:(\d+)$/.exec(line) ?? [];
    if (port === undefined) continue;
    child.stdout.resume();
    const ended = once(child, "exit");
    return {
      port: Number(port),
      async [Symbol.asyncDispose]() {
        child.kill();
        await ended;
      },
    };
  }
  throw new Error("openssl does not listen");
}
