import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect } from "@vigil/amt-client/device.ts";
import { directDialer } from "@vigil/amt-client/dial/direct.ts";
import { secured, type TlsOptions } from "@vigil/amt-client/dial/tls.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { silentLog } from "@vigil/base/log.ts";
import { openPostgres, type Postgres } from "@vigil/postgres/postgres.ts";
import { freshUrl } from "@vigil/postgres/test-databases.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { Credentials } from "../../server/credentials/credentials.ts";
import { everySecretOpens } from "../proofs.ts";
import { setStage, stageDomain, until, untilProvisioned, type Stage } from "../stage.ts";

// Devices with mutual TLS: the manager's certificate is taken back, the device's own, and then the authority changes.

const clock = systemClock();
const devices = 2;
let stage: Stage;
let database: Postgres;
let credentials: Credentials;

before(async () => {
  const url = await freshUrl();
  stage = await setStage({
    devices,
    serverArgs: ["--database", url],
    profile: (all) => ({ ...all, tls: { ...all.tls, mode: "mutual" } }),
  });
  await untilProvisioned(stage, devices);
  database = await openPostgres({ url }, { clock, log: silentLog() });
  const masterKey = Buffer.from(readFileSync(join(stage.data, "master.key"), "utf8"), "base64");
  const options = { postgres: database, clock, log: silentLog(), masterKey, domainSuffix: stageDomain };
  credentials = await Credentials.start(options);
});
after(async () => {
  await database.close();
  await stage[Symbol.asyncDispose]();
});

function deviceAt(index: number): VirtualDevice {
  const device = stage.fleet.devices[index];
  assert.ok(device !== undefined);
  return device;
}

/** How far somebody comes who shows that, and does not know the password. */
async function answerTo(device: VirtualDevice, present: TlsOptions["present"]): Promise<string> {
  const options: TlsOptions = present === undefined ? { trust: "setup" } : { trust: "setup", present };
  const dialer = secured(directDialer({ host: device.address }), options);
  const credential = { username: "admin", password: "wrong" };
  const opened = connect({ dialer, port: 16_993, credential, clock });
  try {
    await opened.general.read();
    return "let in";
  } catch (error) {
    if (error instanceof VigilError) return error.code;
    throw error;
  } finally {
    opened.close();
  }
}

test("a manager's certificate that was revoked is refused by every device, and another one has taken its place", async () => {
  const { firmware } = deviceAt(0);
  const former = await credentials.issued.presentation(firmware.uuid);
  assert.equal(await answerTo(deviceAt(0), former), "amt.login.refused");
  const { items } = await stage.client.authorities.managers();
  const [current] = items;
  assert.ok(current !== undefined);
  const body = { reason: "keyCompromise", note: "a copy was found" } as const;
  await stage.client.authorities.revoke({ params: { serial: current.serial }, body });
  const isTold = ({ firmware: { state } }: VirtualDevice): boolean =>
    JSON.stringify(state.stored["AMT_CRL"] ?? []).includes(current.serial);
  await until("every device is told", () => stage.fleet.devices.every(isTold), { limitMs: 60_000 });
  for (const device of stage.fleet.devices) {
    assert.match(await answerTo(device, former), /^amt\.(connect\.reset|tls\.(failed|refused))$/);
    const present = await credentials.issued.presentation(device.firmware.uuid);
    assert.equal(await answerTo(device, present), "amt.login.refused");
  }
  await everySecretOpens(stage, devices);
});

test("a device whose certificate was revoked shows another one soon, over another key", async () => {
  const { firmware } = deviceAt(1);
  const serial = new X509Certificate(firmwareCertificate(deviceAt(1))).serialNumber.toLowerCase();
  await stage.client.authorities.revoke({ params: { serial }, body: { reason: "keyCompromise" } });
  const standing = async (): Promise<readonly (string | null)[]> => {
    const { items } = await stage.client.authorities.certificates({ params: { id: firmware.uuid } });
    return items.map(({ replacedAt, shownAt }) => (replacedAt === null ? shownAt : "replaced"));
  };
  const isReplaced = async (): Promise<boolean> => {
    const [newest, older] = await standing();
    return newest !== "replaced" && newest !== null && older === "replaced";
  };
  await until("it shows another one", isReplaced, { limitMs: 60_000 });
  assert.notEqual(new X509Certificate(firmwareCertificate(deviceAt(1))).serialNumber.toLowerCase(), serial);
});

test("another authority is put to use: the devices take its root, and forget the one before", async () => {
  const { authority } = await stage.client.authorities.create({ body: { name: "Second", kind: "own" } });
  await stage.client.authorities.use({ params: { id: authority.id } });
  const isOver = async (): Promise<boolean> => {
    const { items } = await stage.client.authorities.list();
    return items.find(({ id }) => id === authority.id)?.devices === devices;
  };
  await until("every device has moved", isOver, { limitMs: 90_000 });
  const rootsOf = ({ firmware: { state } }: VirtualDevice): readonly string[] =>
    state.certificates
      .filter(({ isTrustedRoot }) => isTrustedRoot)
      .map(({ der }) => new X509Certificate(Buffer.from(der, "base64")).subject.split("\n").join(", "));
  const isTidy = (device: VirtualDevice): boolean => {
    const roots = rootsOf(device);
    return roots.length === 1 && roots[0] === authority.rootSubject;
  };
  await until("the root of before is gone", () => stage.fleet.devices.every(isTidy), { limitMs: 60_000 });
  assert.ok(stage.fleet.devices.every(({ firmware }) => firmware.state.activeTls.mutual));
  await everySecretOpens(stage, devices);
});

test("a release that makes no keys is given one, which is gone here once the device was met with it", async () => {
  await using other = await setStage({
    devices: 1,
    fleet: { generations: ["7"], release: "6.1.20" },
    profile: (all) => ({ ...all, tls: { ...all.tls, oldestTls: "TLSv1" } }),
  });
  const [device] = other.fleet.devices;
  assert.ok(device !== undefined);
  const called: string[] = [];
  device.firmware.onCall(({ method }) => called.push(method));
  await untilProvisioned(other, 1);
  assert.ok(called.includes("AddKey") && !called.includes("GenerateKeyPair"), called.join());
  await everySecretOpens(other, 1);
  const { items } = await other.client.authorities.certificates({ params: { id: device.firmware.uuid } });
  assert.deepEqual(
    items.map(({ shownAt, replacedAt }) => [shownAt !== null, replacedAt]),
    [[true, null]],
  );
});

/** What its ports show, PEM: nobody sees it over the network who has no certificate. */
function firmwareCertificate({ firmware: { state } }: VirtualDevice): string {
  const bound = state.certificates.find(({ handle }) => handle === state.tlsCertificate);
  return new X509Certificate(Buffer.from(bound?.der ?? "", "base64")).toString();
}
