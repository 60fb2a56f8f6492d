import { openSession } from "@vigil/amt-client/redirection/session.ts";
import { directDialer } from "@vigil/amt-client/dial/direct.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { startFleet } from "@vigil/virtual-device/fleet.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";
import { encodePassword } from "@vigil/wire/redirection/authentication.ts";
import { encodeManagerHandshake, redirectionServices } from "@vigil/wire/redirection/handshake.ts";
import { goldens } from "../goldens.ts";
import type { FuzzTarget } from "../target.ts";
import { password } from "./requests.ts";
import { nothingIsOpen, throwAt } from "./sockets.ts";

const port = 16_994;
/** Firmware that takes passwords as they are: an input can bring its own login along. */
const generation = "7";

/** A device's redirection port, over real sockets on this machine: most inputs are let in, and go on with a session. */
export const redirectionPort: FuzzTarget = {
  seeds: () => [
    ...goldens("redirection/handshake-manager.hex"),
    ...withLogin("sol", "redirection/sol-manager.hex"),
    ...withLogin("ider", "redirection/ider-manager.hex"),
  ],
  words: ["\0\0\0", "\xff\xff", "\x10\0\0\0IDER", "\x12\0\0\0", "\x28\0\0\0", "\x48\0\0\0", "\x54\0\0\x02"],
  refusals: [],
  quick: 64,
  async open() {
    const clock = systemClock();
    const fleet = await startFleet({
      count: 1,
      firstAddress: someAddress(),
      clock,
      log: silentLog(),
      trustedRootHashes: [],
      domainSuffix: "site.example",
      generations: [generation],
      provisioned: { password, acceptsPlain: true },
    });
    const [device] = fleet.devices;
    if (device === undefined) throw new Error("no device");
    const { address: host, firmware } = device;
    const ended = (): void => {
      firmware.sessions.stop();
    };
    return {
      async run(input) {
        await throwAt({ host, port, isSecure: false }, input);
        ended();
      },
      async check() {
        const credential = { username: "admin", password };
        const session = await openSession("sol", { dialer: directDialer({ host }), port, credential, clock });
        session.close();
        await nothingIsOpen(clock);
      },
      close: () => fleet.stop(),
    };
  },
};

function withLogin(kind: "sol" | "ider", pattern: string): readonly Uint8Array[] {
  const start = encodeManagerHandshake({ type: "start", ...redirectionServices[kind] });
  const data = encodePassword({ username: "admin", password });
  const login = encodeManagerHandshake({ type: "authenticate", method: 1, data });
  return goldens(pattern).map((rest) => Buffer.concat([start, login, rest]));
}
