import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { WebSocketServer, type WebSocket } from "ws";
import { SessionStream } from "@vigil/amt-client/redirection/session-stream.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { Relay } from "../apps/server/sessions/relay.ts";

// The middle of bench/redirection.ts, in a process of its own: at /relay what the server has, at /bare the least that can stand between a TLS socket
// and a web socket. Both dial the same device in the same way. The last letter of the path goes to the device as its first byte.

const [devicePort = "0"] = process.argv.slice(2);
const clock = systemClock();
const mostWaitingBytes = 256 * 1024;

const server = createServer();
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, skipUTF8Validation: true });
server.on("upgrade", (request, stream, head) => {
  void dial().then((device) => {
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const [, way, traffic = "E"] = (request.url ?? "").split("/");
      device.write(traffic);
      if (way === "bare") bare(socket, device);
      else relayed(socket, device, traffic === "I" ? "ider" : "kvm");
    });
  });
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  global.gc?.();
  process.send?.({ cpuMicroseconds: user + system, rssBytes: process.memoryUsage.rss() });
});
process.once("disconnect", () => process.exit());

async function dial(): Promise<TLSSocket> {
  const socket = connect({ host: "127.0.0.1", port: Number(devicePort), rejectUnauthorized: false });
  socket.setNoDelay(true);
  await once(socket, "secureConnect");
  return socket;
}

function relayed(socket: WebSocket, device: TLSSocket, kind: "ider" | "kvm"): void {
  const stream = new SessionStream(device, {});
  const session = { kind, stream, rest: new Uint8Array(), details: {}, close: () => stream.end(new Uint8Array()) };
  void new Relay({ socket, session, clock, isViewOnly: false, idleMs: 3_600_000, totalMs: 3_600_000 }).over;
}

function bare(socket: WebSocket, device: TLSSocket): void {
  device.on("data", (bytes: Buffer) => {
    if (socket.bufferedAmount + bytes.length < mostWaitingBytes) return socket.send(bytes);
    device.pause();
    socket.send(bytes, () => device.resume());
  });
  socket.on("message", (data) => {
    if (!(data instanceof Buffer) || device.write(data)) return;
    socket.pause();
    device.once("drain", () => socket.resume());
  });
  socket.once("close", () => device.destroy());
  device.once("close", () => socket.close());
  device.on("error", () => device.destroy());
}
