import { generateKeyPairSync } from "node:crypto";
import { testClock, type TestClock } from "@vigil/base/clock.ts";
import { Firmware } from "@vigil/virtual-device/firmware.ts";
import type { Behaviors } from "@vigil/virtual-device/behaviors.ts";
import type { FirmwareState } from "@vigil/virtual-device/firmware/state.ts";
import { identityOf, type Generation, type Identity } from "@vigil/virtual-device/identity.ts";
import { answerWsman } from "@vigil/virtual-device/wsman.ts";
import { parseAuthorization, verify } from "@vigil/wire/digest.ts";
import { headerOf, type HttpMessage } from "@vigil/wire/http.ts";
import { connect, type AmtDevice, type Write } from "../device.ts";
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

/** @param options.index which kind of machine: 0 desktop with 12, 1 laptop with 15, 2 desktop with 16 @param options.generation instead of it
 * @param options.fault what to do instead of answering a logged-in request; undefined lets the firmware answer */
export function aPair(
  options: {
    readonly fault?: (body: string) => Reply | undefined;
    readonly password?: string;
    readonly index?: number;
    /** One generation of firmware instead. */
    readonly generation?: Generation;
    /** What the device does with its classes, when it is not what AMT does. */
    readonly behaviors?: Behaviors;
    /** What its machine has otherwise, e.g. isMobile: true for a wireless port. */
    readonly identity?: Partial<Identity>;
    readonly saved?: FirmwareState;
    /** PKCS#8 PEM of the keys that the device makes, in turns. */
    readonly keys?: readonly string[];
    /** Told of what the client changes. */
    readonly onWrite?: (write: Write) => void;
  } = {},
): Pair {
  const clock = testClock();
  const { keys } = options;
  let turn = -1;
  const generations = options.generation === undefined ? undefined : [options.generation];
  const firmware = new Firmware({
    identity: { ...identityOf("pair", options.index ?? 2, generations), ...options.identity },
    clock,
    keys: { next: () => keys?.[(turn += 1) % keys.length] ?? newKey() },
    random: (bytes) => new Uint8Array(bytes).fill(0xa4),
    trustedRootHashes: ["c3846bf24b9e93ca64274c0ec67c1ecc5e024ffcacd2d74019350e81fe546ae4"],
    domainSuffix: "example.test",
    powerDelayMs: 4_000,
    ...(options.saved === undefined ? {} : { saved: structuredClone(options.saved) }),
  });
  const line = scriptedDevice((request) => {
    if (!isLoggedIn(firmware, request)) return unauthorized(undefined, firmware.digestRealm, firmware.serverHeader);
    return options.fault?.(Buffer.from(request.body).toString()) ?? answer(firmware, request, options.behaviors);
  });
  const credential = { username: "admin", password: options.password ?? factoryPassword };
  const { onWrite } = options;
  const device = connect({
    dialer: line.dialer,
    port: 16_993,
    credential,
    clock,
    ...(onWrite === undefined ? {} : { onWrite }),
  });
  return { device, firmware, clock, line };
}

/** A key as PKCS#8 PEM. */
export function newKey(): string {
  return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export(pem).toString();
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

async function answer(firmware: Firmware, request: HttpMessage, behaviors?: Behaviors): Promise<Reply> {
  const { status, xml } = await answerWsman(firmware, { username: "admin", ...channel }, request.body, behaviors);
  return ok(xml, status);
}
