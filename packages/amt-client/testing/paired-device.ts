import { generateKeyPairSync } from "node:crypto";
import { testClock, type TestClock } from "@vigil/base/clock.ts";
import { Firmware } from "@vigil/virtual-device/firmware.ts";
import { identityOf } from "@vigil/virtual-device/identity.ts";
import { answerWsman } from "@vigil/virtual-device/wsman.ts";
import { parseAuthorization, verify } from "@vigil/wire/digest.ts";
import { headerOf, type HttpMessage } from "@vigil/wire/http.ts";
import { connect, type AmtDevice } from "../device.ts";
import { ok, scriptedDevice, unauthorized, type Reply, type ScriptedDevice } from "./scripted-device.ts";

/** A client and a virtual device's firmware, joined by an in-memory stream; time stands still until it is advanced. */
export interface Pair {
  readonly device: AmtDevice;
  readonly firmware: Firmware;
  readonly clock: TestClock;
  /** What the client sent, on which connections. */
  readonly line: ScriptedDevice;
}

export const factoryPassword = "admin";

/** @param options.index which kind of machine: 0 desktop with 12, 1 laptop with 15, 2 desktop with 16 @param options.fault what to do instead of answering a logged-in request; undefined lets the firmware answer */
export function aPair(
  options: {
    readonly fault?: (body: string) => Reply | undefined;
    readonly password?: string;
    readonly index?: number;
  } = {},
): Pair {
  const clock = testClock();
  const firmware = new Firmware({
    identity: identityOf("pair", options.index ?? 2),
    clock,
    keys: { next: () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export(pem).toString() },
    random: (bytes) => new Uint8Array(bytes).fill(0xa4),
    trustedRootHashes: ["c3846bf24b9e93ca64274c0ec67c1ecc5e024ffcacd2d74019350e81fe546ae4"],
    domainSuffix: "example.test",
    powerDelayMs: 4_000,
  });
  const line = scriptedDevice((request) => {
    if (!isLoggedIn(firmware, request)) return unauthorized(undefined, firmware.digestRealm);
    return options.fault?.(Buffer.from(request.body).toString()) ?? answer(firmware, request);
  });
  const credential = { username: "admin", password: options.password ?? factoryPassword };
  const device = connect({ dialer: line.dialer, port: 16_993, credential, clock });
  return { device, firmware, clock, line };
}

const pem = { type: "pkcs8", format: "pem" } as const;
const channel = { channel: "tls", hasSetupCertificate: true } as const;

function isLoggedIn(firmware: Firmware, request: HttpMessage): boolean {
  const header = headerOf(request.headers, "authorization");
  if (header === undefined) return false;
  const authorization = parseAuthorization(header);
  const known = firmware.ha1sOf(authorization.username, channel);
  return known.some((ha1) => verify({ authorization, method: "POST", ha1, body: request.body }));
}

async function answer(firmware: Firmware, request: HttpMessage): Promise<Reply> {
  const { status, xml } = await answerWsman(firmware, { username: "admin", ...channel }, request.body);
  return ok(xml, status);
}
