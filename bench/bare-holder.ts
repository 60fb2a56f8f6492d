import { once } from "node:events";
import { connect, createSecureContext, type TLSSocket } from "node:tls";
import type { HoldReport, HoldTask, ReleaseReport } from "../apps/lab/testing/holder.ts";
import { peakMemoryBytes } from "../apps/lab/testing/memory.ts";

// The floor of bench/hold.ts: node:tls alone, in a process of its own. Each device is dialled twice, because a device ends the
// connection on which it was asked for a challenge; no request is sent. Speaks as apps/lab/testing/holder.ts does.

const sockets: TLSSocket[] = [];
const abort = Promise.withResolvers<void>();

process.on("message", (message: HoldTask | "abort") => {
  if (message === "abort") abort.resolve();
  else void hold(message);
});

async function hold({ devices, caPem, atOnce }: HoldTask): Promise<void> {
  const idleBytes = peakMemoryBytes();
  const started = performance.now();
  const secureContext = createSecureContext({ ca: [caPem] });
  const waiting = devices.values();
  const worker = async (): Promise<void> => {
    for (const { address, uuid } of waiting) {
      const dial = async (): Promise<TLSSocket> => {
        const socket = connect({ host: address, port: 16_993, servername: uuid, secureContext }).resume();
        await once(socket, "secureConnect");
        return socket.on("error", () => {});
      };
      const first = await dial();
      await once(first.end(), "close");
      sockets.push(await dial());
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const milliseconds = performance.now() - started;
  const held: HoldReport = {
    kind: "held",
    held: sockets.length,
    sockets: process.getActiveResourcesInfo().filter((one) => one === "TCPSocketWrap").length,
    idleBytes,
    peakBytes: peakMemoryBytes(),
    milliseconds,
  };
  process.send?.(held);
  await abort.promise;
  for (const socket of sockets) socket.destroy();
  const released: ReleaseReport = {
    kind: "released",
    outcomes: { held: sockets.length },
    closed: sockets.length,
    left: [],
  };
  process.send?.(released);
  process.disconnect();
}
