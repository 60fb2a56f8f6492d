import { createServer } from "node:net";

// Loopback addresses for test fleets, of which many run at once in processes of their own.

/** Networks of 256 addresses, 127.80.0.0 to 127.169.255.0, that test fleets are spread over. */
const networks = 90 * 256;
/** Tries until a run of free networks is found; a whole suite holds some hundred of them. */
const mostTries = 1_000;

/**
 * The first address of a range that no other test of this machine holds, for fleets of up to `devices`. The range belongs to this
 * process until it ends: each network is held by the name of an abstract socket, which the kernel gives to one process only.
 */
export function someAddress(devices = 254): string {
  const length = Math.ceil((devices + 1) / 256);
  for (let tried = 0; tried < mostTries; tried++) {
    const first = Math.floor(Math.random() * (networks - length + 1));
    if (hold(first, length)) return `127.${80 + Math.floor(first / 256)}.${first % 256}.1`;
  }
  throw new Error(`no ${length} free networks in a row after ${mostTries} tries`);
}

/** Holds networks in a row until this process ends. What was held before a network that is taken stays held: there are plenty. */
function hold(first: number, length: number): boolean {
  return Array.from({ length }, (_, index) => first + index).every(holdOne);
}

function holdOne(network: number): boolean {
  // Listening on a path happens within the call, so `listening` says at once who got the name.
  const holder = createServer().on("error", () => {});
  holder.listen(`\0vigil-test-network-${network}`).unref();
  return holder.listening;
}
