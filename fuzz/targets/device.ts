import { VigilError } from "@vigil/base/errors.ts";
import type { Caller } from "@vigil/virtual-device/firmware.ts";
import { answerWsman, requestLimits, type WsmanAnswer } from "@vigil/virtual-device/wsman.ts";
import { ns } from "@vigil/wire/wsman/actions.ts";
import { decodeRequest, decodeResponse } from "@vigil/wire/wsman/envelope.ts";
import { decodeFault, statusOf } from "@vigil/wire/wsman/fault.ts";
import { child, parseXml } from "@vigil/wire/xml.ts";
import { agree, Disagreement, type FuzzTarget } from "../target.ts";
import { aFirmware, everyRequest, provisionedState } from "./requests.ts";
import { wsmanWords } from "./wsman.ts";

/** Stands between the requests of one input: no XML holds it. */
export const between = 0x1e;

const words = [
  ...wsmanWords,
  "\x1e",
  "01000000-0000-0000-0000-000000000000",
  "MaxElements",
  "uuid:",
  "Intel(r) AMT",
  "65535",
];

/** A device that is ours, asked by its admin. */
export const ours = device({ username: "admin", channel: "tls", hasSetupCertificate: false }, true);
/** A device in factory state, asked by a manager that it lets set it up. */
export const fresh = device({ username: "admin", channel: "tls", hasSetupCertificate: true }, false);

/**
 * A device that has just been started is asked one request after the other, and an hour passes. Each answer is an envelope with the
 * right status that says which request it answers; never is it the fault that stands for an exception inside.
 */
function device(caller: Caller, isOurs: boolean): FuzzTarget {
  return {
    seeds: () => {
      const all = everyRequest(aFirmware().firmware);
      const pairs = all.slice(0, -1).map((one, index) => `${one}\x1e${all[index + 1] ?? ""}`);
      return [...all, ...pairs].map((one) => Buffer.from(one));
    },
    words,
    refusals: [],
    quick: 150,
    async open() {
      const saved = isOurs ? await provisionedState() : undefined;
      return {
        async run(input) {
          const { firmware, clock } = aFirmware();
          if (saved !== undefined) firmware.change((state) => Object.assign(state, structuredClone(saved)));
          try {
            for (const request of split(input)) judge(request, await answerWsman(firmware, caller, request));
            await clock.advance(3_600_000);
          } finally {
            firmware.stop();
          }
        },
      };
    },
  };
}

/** At most eight: an input of separators alone is no more to the point than a few. */
export function split(input: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at <= input.length && parts.length < 8;) {
    const end = input.indexOf(between, at);
    parts.push(input.subarray(at, end < 0 ? input.length : end));
    at = end < 0 ? input.length + 1 : end + 1;
  }
  return parts;
}

function judge(request: Uint8Array, { status, xml }: WsmanAnswer): void {
  const root = parseXml(xml);
  const body = child(root, "Body")?.children[0];
  const relatesTo = child(child(root, "Header") ?? root, "RelatesTo")?.text.trim();
  agree("relates to", relatesTo, messageIdOf(request));
  if (body?.name !== "Fault" || body.ns !== ns.soap) {
    decodeResponse(root);
    return agree("status", status, 200);
  }
  const fault = decodeFault(body);
  agree("status", status, statusOf(fault));
  if (fault.subcode === "InternalError" && fault.detail === "")
    throw new Disagreement("an exception inside the device");
}

function messageIdOf(request: Uint8Array): string | undefined {
  try {
    return decodeRequest(parseXml(request, requestLimits)).messageId;
  } catch (error) {
    if (error instanceof VigilError) return undefined;
    throw error;
  }
}
