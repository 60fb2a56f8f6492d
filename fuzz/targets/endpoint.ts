import { listenForHellos } from "@vigil/amt-client/listen/hello.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { startFleet } from "@vigil/virtual-device/fleet.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";
import { authorize, ha1, parseChallenge } from "@vigil/wire/digest.ts";
import { HttpReader } from "@vigil/wire/http.ts";
import { actions } from "@vigil/wire/wsman/actions.ts";
import { goldens, some } from "../goldens.ts";
import type { FuzzTarget, Session } from "../target.ts";
import { httpWords } from "./http.ts";
import { aFirmware, everyRequest, password } from "./requests.ts";
import { nothingIsOpen, throwAt, type Door } from "./sockets.ts";
import { xmlWords } from "./xml.ts";

/** In an input: a right login, and the length of what follows the head. Without them hardly any input would get past the head. */
const login = "@LOGIN@";
const length = "@LENGTH@";

/** The device's ports, over real sockets on this machine. */
export const plainPort = endpoint(16_992);
export const tlsPort = endpoint(16_993);

function endpoint(port: number): FuzzTarget {
  return {
    seeds: () => [...httpSeeds(), ...(port === 16_993 ? tlsSeeds : [])],
    words: [...httpWords, ...xmlWords, login, length],
    refusals: [],
    quick: 64,
    open: () => live(port),
  };
}

async function live(port: number): Promise<Session> {
  const fleet = await startFleet({
    count: 1,
    firstAddress: someAddress(),
    clock: systemClock(),
    log: silentLog(),
    trustedRootHashes: [],
    domainSuffix: "site.example",
    generations: ["15"],
    provisioned: { password, acceptsPlain: true },
  });
  const [device] = fleet.devices;
  if (device === undefined) throw new Error("no device");
  const { firmware, address: host } = device;
  const saved = structuredClone(firmware.state);
  const door: Door = { host, port, isSecure: port === 16_993 };
  let authorization = await loginAt(door);
  const restore = (): Promise<void> => {
    firmware.change((state) => Object.assign(state, structuredClone(saved)));
    return device.settlePorts();
  };
  return {
    async run(input) {
      await restore();
      // A share goes to the TLS port without TLS.
      const isRaw = input[0] === handshake;
      await throwAt({ ...door, isSecure: door.isSecure && !isRaw }, filled(input, authorization));
    },
    async check() {
      await restore();
      authorization = await loginAt(door);
      const answer = statusIn(await throwAt(door, filled(good, authorization)));
      if (answer !== 200) throw new Error(`a good request was answered with ${answer}`);
      await nothingIsOpen(firmware.clock);
    },
    close: () => fleet.stop(),
  };
}

async function loginAt(door: Door): Promise<string> {
  const answer = new HttpReader("response").push(await throwAt(door, Buffer.from("POST /wsman HTTP/1.1\r\n\r\n")));
  const challenge = parseChallenge(answer[0]?.headers.get("www-authenticate")?.[0] ?? "");
  const { realm } = challenge;
  const asked = { username: "admin", ha1: ha1("admin", realm, password), method: "POST", uri: "/wsman", count: 1 };
  return authorize({ ...asked, challenge, cnonce: "fuzz" });
}

function filled(input: Uint8Array, authorization: string): Uint8Array {
  const text = Buffer.from(input).toString("latin1");
  const head = text.indexOf("\r\n\r\n");
  const body = head < 0 ? 0 : text.length - head - 4;
  return Buffer.from(text.replace(login, authorization).replace(length, String(body)), "latin1");
}

function statusIn(answer: Uint8Array): number | undefined {
  return new HttpReader("response").push(answer)[0]?.status;
}

/** All but what makes the device send events to addresses that come out of an input. */
function httpSeeds(): readonly Uint8Array[] {
  const all = everyRequest(aFirmware().firmware).filter((one) => !one.includes("NotifyTo"));
  const head = `POST /wsman HTTP/1.1\r\nHost: amt\r\nAuthorization: ${login}\r\n`;
  const counted = some(all, 5).map((one) => `${head}Content-Length: ${length}\r\n\r\n${one}`);
  const chunked = some(all, 50).map(
    (one) => `${head}Transfer-Encoding: chunked\r\n\r\n${one.length.toString(16)}\r\n${one}\r\n0\r\n\r\n`,
  );
  const pages = [
    "GET / HTTP/1.1\r\n\r\n",
    "GET /index.htm HTTP/1.1\r\nConnection: close\r\n\r\n",
    "GET /logon.htm?x HTTP/1.0\r\n\r\n",
  ];
  const waiting = `${head}Expect: 100-continue\r\nContent-Length: 100000\r\n\r\n`;
  return [...counted, ...chunked, ...pages, `${pages[0]}${pages[0]}${counted[0]}`, waiting].map((one) =>
    Buffer.from(one),
  );
}

const computer = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ComputerSystem";
const good = Buffer.from(
  `POST /wsman HTTP/1.1\r\nConnection: close\r\nAuthorization: ${login}\r\nContent-Length: ${length}\r\n\r\n` +
    everyRequest(aFirmware().firmware).find((one) => one.includes(actions.enumerate) && one.includes(computer)),
);

/** The first byte of a TLS handshake. */
const handshake = 0x16;
/** The beginnings of a ClientHello, and records that are cut or too long. @source RFC 8446, 5.1 */
const tlsSeeds = ["16030100050100000103", "160301ffff01", "1603010200010001fc0303", "15030300020228", "8080010301"].map(
  (hex) => Buffer.from(hex, "hex"),
);

/** The listener for hellos: each connection is a hello or is refused, once. */
export const helloPort: FuzzTarget = {
  seeds: () => [...goldens("hello/*.hex"), Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  words: ["\0", "\xff\xff\xff\xff", "\x02\x20", "\x03\x30", "GET /", "POST / "],
  refusals: [],
  quick: 128,
  async open() {
    const clock = systemClock();
    let thrown = 0;
    let heard = 0;
    let taken = 0;
    const listener = await listenForHellos({
      host: "127.0.0.1",
      port: 0,
      clock,
      log: silentLog(),
      onHello: () => {
        heard += 1;
        taken += 1;
      },
      onRefused: () => (heard += 1),
    });
    const door = { host: "127.0.0.1", port: listener.port, isSecure: false };
    const throwOne = async (input: Uint8Array): Promise<void> => {
      thrown += 1;
      await throwAt(door, input);
    };
    const [factory = new Uint8Array()] = goldens("hello/factory.hex");
    return {
      run: throwOne,
      async check() {
        const before = taken;
        await throwOne(factory);
        await nothingIsOpen(clock);
        if (taken <= before) throw new Error("a good hello was not taken");
        if (heard !== thrown) throw new Error(`${thrown} connections, ${heard} of them heard of`);
      },
      close: () => listener.close(),
    };
  },
};
