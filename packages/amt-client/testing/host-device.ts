import { duplexPair } from "node:stream";
import { systemClock } from "@vigil/base/clock.ts";
import { HttpConnection } from "@vigil/virtual-device/endpoints/http.ts";
import { Login } from "@vigil/virtual-device/endpoints/login.ts";
import { Faults } from "@vigil/virtual-device/faults.ts";
import { Firmware } from "@vigil/virtual-device/firmware.ts";
import { HostInterface } from "@vigil/virtual-device/firmware/host-interface.ts";
import { identityOf } from "@vigil/virtual-device/identity.ts";
import type { TestSetupProof } from "@vigil/virtual-device/testing/setup-proof.ts";
import { connect, type AmtDevice } from "../device.ts";
import type { Dialer } from "../dial/dialer.ts";
import { newKey } from "./paired-device.ts";

export { aSetupProof } from "@vigil/virtual-device/testing/setup-proof.ts";

/** A machine as its own software sees it: the firmware, asked over the local way. */
export interface TestHost {
  readonly firmware: Firmware;
  readonly host: HostInterface;
  /** Logs in as the host's own account. */
  asHost(): AmtDevice;
  asAdmin(password: string): AmtDevice;
  /** All that was sent, as text. */
  sent(): string;
}

/** @param proof its root is trusted beside the factory's */
export async function aHost(proof?: TestSetupProof): Promise<TestHost> {
  const clock = systemClock();
  let drawn = 0;
  const firmware = new Firmware({
    identity: identityOf("host", 2),
    clock,
    keys: { next: newKey },
    // Each draw differs from the one before it.
    random: (bytes) => new Uint8Array(bytes).fill((drawn += 1)),
    trustedRootHashes: ["c3846bf24b9e93ca64274c0ec67c1ecc5e024ffcacd2d74019350e81fe546ae4", proof?.rootHash ?? ""],
    domainSuffix: "example.test",
    powerDelayMs: 1_000,
  });
  const host = new HostInterface(firmware);
  const login = new Login(firmware);
  const faults = new Faults(() => {});
  const pieces: Uint8Array[] = [];
  const dial: Dialer = () => {
    const [near, far] = duplexPair();
    const dropConnections = (): void => void far.destroy();
    const device = { firmware, login, faults, save: () => {}, dropConnections, countRequest: () => {} };
    far.on("data", (bytes: Uint8Array) => pieces.push(bytes));
    const connection = new HttpConnection(device, far, { channel: "local", hasSetupCertificate: false });
    near.once("close", () => connection.destroy());
    return Promise.resolve(near);
  };
  const dialer = Object.assign(dial, { host: "device.test" });
  const open = (credential: { readonly username: string; readonly password: string }): AmtDevice =>
    connect({ dialer, port: 16_992, credential, clock });
  return Promise.resolve({
    firmware,
    host,
    asHost: () => open(host.localSystemAccount()),
    asAdmin: (password) => open({ username: "admin", password }),
    sent: () => Buffer.concat(pieces).toString(),
  });
}
