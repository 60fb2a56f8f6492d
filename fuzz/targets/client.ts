import { duplexPair } from "node:stream";
import { connect, type AmtDevice } from "@vigil/amt-client/device.ts";
import type { Dialer } from "@vigil/amt-client/dial/dialer.ts";
import { explainSaved } from "@vigil/amt-client/explained.ts";
import { explore } from "@vigil/amt-client/explorer.ts";
import { realm, unauthorized } from "@vigil/amt-client/testing/scripted-device.ts";
import { testClock } from "@vigil/base/clock.ts";
import { answerWsman } from "@vigil/virtual-device/wsman.ts";
import { encodeChunked, encodeHead, headerOf, HttpReader, type HttpMessage } from "@vigil/wire/http.ts";
import { goldens } from "../goldens.ts";
import type { FuzzTarget } from "../target.ts";
import { between, split } from "./device.ts";
import { httpWords } from "./http.ts";
import { aFirmware, password } from "./requests.ts";
import { wsmanWords } from "./wsman.ts";
import { xmlRefusals } from "./xml.ts";

/** What a client asks a device, one of them for each input: its first byte says which. */
const questions: readonly ((device: AmtDevice) => Promise<unknown>)[] = [
  (device) => device.power.read(),
  (device) => device.general.read(),
  (device) => device.inventory.read(),
  (device) => device.eventLog.read(),
  (device) => device.auditLog.read(),
  (device) => device.boot.read(),
  (device) => device.boot.supported(),
  (device) => device.consent.read(),
  (device) => device.features.read(),
  (device) => device.network.ports(),
  (device) => device.wifi.profiles(),
  (device) => device.remoteAccess.servers(),
  (device) => device.remoteAccess.policies(),
  (device) => device.alarms.list(),
  (device) => device.systemDefense.filters(),
  (device) => device.systemDefense.policies(),
  (device) => device.agentPresence.list(),
  (device) => device.events.list(),
  (device) => device.kerberos.read(),
  (device) => device.time.get(),
  (device) => device.tls.state(),
  (device) => device.tls.certificates(),
  (device) => device.setup.release(),
  (device) => device.power.request("off"),
  (device) => explore(device.wsman, { ...nothing, verb: "get", className: "AMT_GeneralSettings" }),
  (device) => explore(device.wsman, { ...nothing, verb: "enum", className: "CIM_ManagedElement" }),
];
const nothing = { selectors: {}, input: {} };

/** In an answer: the identifier of the request that it answers, with blanks behind it, so that lengths stay. */
const placeholder = "@ID@";

/** Whatever a device answers, the client ends with a value or with an error of its own. */
export const client: FuzzTarget = {
  seeds: () => Promise.all(questions.map((_one, index) => recorded(index))),
  words: [...httpWords, ...wsmanWords, "\x1e", placeholder, "HTTP/1.1 401 Unauthorized\r\n"],
  refusals: ["amt.", "wsman.fault."],
  quick: 150,
  open: () => ({
    async run(input) {
      const question = questions[(input[0] ?? 0) % questions.length];
      const parts = split(input.subarray(1));
      let asked = 0;
      const dialer = over((request) => {
        if (headerOf(request.headers, "authorization") === undefined) return Buffer.from(unauthorized().bytes ?? "");
        asked += 1;
        const part = parts[asked - 1];
        return part === undefined ? undefined : withId(part, request);
      });
      // No time passes, and a device that has no more to say hangs up.
      const device = connect({ dialer, port: 16_993, credential: { username: "admin", password }, clock: testClock() });
      try {
        await question?.(device);
      } finally {
        device.close();
      }
    },
  }),
};

/** Saved answers, as a person hands them in. */
export const explainer: FuzzTarget = {
  seeds: () => [...goldens("amt-12-answers/**/*.xml"), ...goldens("http/*.http"), ...goldens("wsman/*.xml")],
  words: [...httpWords, ...wsmanWords],
  refusals: [...xmlRefusals, "wire.wsman.envelope", "wire.http."],
  quick: 300,
  open: () => ({
    run: (input) => void JSON.stringify(explainSaved(input)),
  }),
};

/** A line to a device that answers with bytes; undefined hangs up. */
function over(answer: (request: HttpMessage) => Uint8Array | undefined | Promise<Uint8Array | undefined>): Dialer {
  return Object.assign(
    (_port: number, signal: AbortSignal) => {
      signal.throwIfAborted();
      const [near, far] = duplexPair();
      const reader = new HttpReader("request");
      far.on("error", () => {});
      far.on("end", () => far.end());
      far.on("data", (bytes: Uint8Array) => {
        for (const request of reader.push(bytes)) {
          void Promise.resolve(answer(request)).then((made) => {
            if (made !== undefined && !far.writableEnded) far.write(made);
            // Also after a cut answer, which is then at its end; a whole one is not harmed by it.
            if (made === undefined || !isWhole(made)) far.end();
          });
        }
      });
      near.once("close", () => far.destroy());
      return Promise.resolve(near);
    },
    { host: "under fire" },
  );
}

/** Whether the reader on the other side will be content with it. */
function isWhole(answer: Uint8Array): boolean {
  const reader = new HttpReader("response");
  try {
    return reader.push(answer).length > 0 && reader.isIdle;
  } catch {
    // It will find the same error.
    return true;
  }
}

function withId(part: Uint8Array, request: HttpMessage): Uint8Array {
  const id = (/MessageID>(\d+)</.exec(Buffer.from(request.body).toString("latin1"))?.[1] ?? "").padEnd(
    placeholder.length,
  );
  return Buffer.from(Buffer.from(part).toString("latin1").replaceAll(placeholder, id), "latin1");
}

/** What the virtual device answers to a question, as an input. */
async function recorded(index: number): Promise<Uint8Array> {
  const { firmware, clock } = aFirmware();
  const parts: Uint8Array[] = [];
  const dialer = over(async (request) => {
    if (headerOf(request.headers, "authorization") === undefined)
      return Buffer.from(unauthorized(undefined, realm).bytes ?? "");
    const caller = { username: "admin", channel: "tls", hasSetupCertificate: true } as const;
    const { status, xml } = await answerWsman(firmware, caller, request.body);
    const head = encodeHead(`HTTP/1.1 ${status} OK`, [
      ["Server", firmware.serverHeader],
      ["Transfer-Encoding", "chunked"],
    ]);
    const write = (text: string): Buffer =>
      Buffer.concat([Buffer.from(head, "latin1"), encodeChunked(Buffer.from(text))]);
    parts.push(write(xml.replace(/RelatesTo>[^<]*/, `RelatesTo>${placeholder}`)));
    return write(xml);
  });
  const device = connect({ dialer, port: 16_993, credential: { username: "admin", password }, clock });
  // What the device refuses is a seed as well.
  await questions[index]?.(device).catch(() => undefined);
  device.close();
  firmware.stop();
  return Buffer.concat([Uint8Array.of(index), ...parts.flatMap((part) => [part, Uint8Array.of(between)])]);
}
