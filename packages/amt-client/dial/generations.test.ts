import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, before, test } from "node:test";
import { DEFAULT_CIPHERS, DEFAULT_MIN_VERSION, TLSSocket, type SecureVersion } from "node:tls";
import { systemClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { silentLog } from "@vigil/base/log.ts";
import { newIssuer, type Issuer } from "@vigil/virtual-device/firmware/issuer.ts";
import { startFleet, type Fleet } from "@vigil/virtual-device/fleet.ts";
import { generationNames, type Generation } from "@vigil/virtual-device/identity.ts";
import { connect, type AmtDevice } from "../device.ts";
import type { Dialer } from "./dialer.ts";
import { directDialer } from "./direct.ts";
import { secured, TlsContexts, type TlsOptions } from "./tls.ts";

// One virtual device of each generation of firmware, over TLS: the client adapts to what each speaks.

const port = 16_993;
const password = "P@ssw0rd!";
const never = new AbortController().signal;
const clock = systemClock();
const contexts = new TlsContexts();
let issuer: Issuer;
let fleet: Fleet;

before(async () => {
  issuer = await newIssuer("Some authority");
  fleet = await startFleet({
    count: generationNames.length,
    firstAddress: `127.${200 + Math.floor(Math.random() * 50)}.${Math.floor(Math.random() * 250)}.1`,
    clock,
    log: silentLog(),
    trustedRootHashes: [],
    domainSuffix: "example.test",
    generations: generationNames,
    provisioned: { password, acceptsPlain: false, issuer },
  });
});
after(() => fleet.stop());

function dialerTo(generation: Generation, options: Partial<TlsOptions> = {}): Dialer {
  const device = fleet.devices[generationNames.indexOf(generation)];
  assert.ok(device !== undefined);
  const trust = { caPem: [issuer.certificatePem] };
  return secured(directDialer({ host: device.address }), {
    trust,
    serverName: device.firmware.uuid,
    contexts,
    ...options,
  });
}

function deviceAt(dialer: Dialer): AmtDevice {
  return connect({ dialer, port, credential: { username: "admin", password }, clock });
}

async function errorOf(failing: Promise<unknown>): Promise<VigilError> {
  const error = await failing.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof VigilError, String(error));
  return error;
}

const spoken: Readonly<Record<Generation, SecureVersion>> = {
  "7": "TLSv1",
  "11.8": "TLSv1.2",
  "12": "TLSv1.2",
  "15": "TLSv1.2",
  "16": "TLSv1.3",
  "19": "TLSv1.3",
};

for (const generation of generationNames) {
  test(`AMT ${generation} is spoken to with ${spoken[generation]}, the newest that it has`, async () => {
    const oldest = spoken[generation] === "TLSv1" ? "TLSv1" : "TLSv1.2";
    const dialer = dialerTo(generation, { oldest });
    const stream = await dialer(port, never);
    assert.ok(stream instanceof TLSSocket);
    assert.equal(stream.getProtocol(), spoken[generation]);
    stream.destroy();
    await using device = deviceAt(dialer);
    assert.equal((await device.power.state()).power, "on");
    assert.ok(device.release?.startsWith(`${generation}.`), device.release);
  });

  test(`AMT ${generation} is known by its certificate on every connection, resumed or not`, async () => {
    await using device = deviceAt(dialerTo(generation, { oldest: "TLSv1" }));
    for (let connections = 0; connections < 3; connections += 1) {
      await device.general.read();
      const shown = device.peerCertificate();
      assert.ok(shown !== undefined);
      const uuid = fleet.devices[generationNames.indexOf(generation)]?.firmware.uuid;
      assert.equal(new X509Certificate(shown).subject, `CN=${uuid}`);
      device.hangUp();
    }
  });
}

test("a release that has older TLS only is refused with the setting that allows it, and let in when that names its version", async () => {
  for (const oldest of [undefined, "TLSv1.2", "TLSv1.1"] as const) {
    const error = await errorOf(dialerTo("7", oldest === undefined ? {} : { oldest })(port, never));
    assert.equal(error.code, "amt.tls.incompatible");
    assert.match(error.next, /tls\.oldestTls/);
    assert.equal(error.details["oldestTls"], oldest ?? "TLSv1.2");
  }
  (await dialerTo("7", { oldest: "TLSv1" })(port, never)).destroy();
});

test("what one device is allowed no other is: the level is lowered for its connections alone", async () => {
  const [ciphers, version] = [DEFAULT_CIPHERS, DEFAULT_MIN_VERSION];
  (await dialerTo("7", { oldest: "TLSv1" })(port, never)).destroy();
  assert.equal((await errorOf(dialerTo("7")(port, never))).code, "amt.tls.incompatible");
  assert.deepEqual([DEFAULT_CIPHERS, DEFAULT_MIN_VERSION], [ciphers, version]);
});
