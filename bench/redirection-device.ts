import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { selfSignedCertificate } from "@vigil/virtual-device/firmware/setup-certificate.ts";
import { identityOf } from "@vigil/virtual-device/identity.ts";

// The device's side of bench/redirection.ts, in a process of its own: a TLS port whose first byte says what it does. "K" sends like a screen, as
// fast as it is taken: pieces of 200 bytes to 8 KiB, which is what tiles are; "k" the same, sixty small updates a second; "I" takes like a disk and
// says every 64 KiB how much it has; "E" sends back what comes.

const pieces = Array.from({ length: 64 }, (_, index) => randomBytes(200 + ((index * 2_654_435) % 7_992)));

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const cert = await selfSignedCertificate(identityOf("bench", 0, ["16"]), privateKey, randomBytes(8));

const server = createServer({ key: privateKey, cert, noDelay: true }, (socket) => {
  socket.on("error", () => socket.destroy());
  socket.once("data", (first: Buffer) => begin(socket, first));
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port, cert }));
process.once("disconnect", () => process.exit());

function begin(socket: TLSSocket, first: Buffer): void {
  switch (String.fromCharCode(first[0] ?? 0)) {
    case "K":
      socket.resume();
      return pour(socket, 0);
    case "k":
      socket.resume();
      return drip(socket);
    case "I":
      return take(socket);
    default:
      socket.on("data", (bytes: Buffer) => socket.write(bytes));
  }
}

function pour(socket: TLSSocket, from: number): void {
  let index = from;
  while (!socket.destroyed) {
    index = (index + 1) % pieces.length;
    if (socket.write(pieces[index] ?? "")) continue;
    socket.once("drain", () => pour(socket, index));
    return;
  }
}

function drip(socket: TLSSocket): void {
  let index = 0;
  const timer = setInterval(() => {
    index = (index + 1) % pieces.length;
    if (!socket.writableNeedDrain) socket.write(pieces[index] ?? "");
  }, 1_000 / 60);
  socket.once("close", () => clearInterval(timer));
}

function take(socket: TLSSocket): void {
  let taken = 0;
  let said = 0;
  socket.on("data", (bytes: Buffer) => {
    taken += bytes.length;
    if (taken - said < 65_536) return;
    said = taken;
    const count = Buffer.alloc(8);
    count.writeBigUInt64BE(BigInt(taken));
    socket.write(count);
  });
}
