import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { test } from "node:test";
import { createSecureContext, TLSSocket, type TlsOptions, type TLSSocketOptions } from "node:tls";
import { directDialer } from "./direct.ts";
import { securedByKey } from "./psk.ts";

const pid = "0000037M";
const pps = "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ";
const never = new AbortController().signal;

/** A device of the time: TLS 1.0, one cipher, one key. */
async function aDevice(): Promise<{ readonly port: number } & AsyncDisposable> {
  const secureContext = createSecureContext({
    ciphers: "PSK-AES128-CBC-SHA:@SECLEVEL=0",
    minVersion: "TLSv1",
    maxVersion: "TLSv1",
  });
  const server = createServer((socket) => {
    // A socket takes what a server takes; the types say so of the server alone.
    const options: TLSSocketOptions & Pick<TlsOptions, "pskCallback"> = {
      isServer: true,
      secureContext,
      pskCallback: (_socket, identity) => (identity === pid ? Buffer.from(pps) : null),
    };
    const secured = new TLSSocket(socket, options);
    secured.on("error", () => socket.destroy());
    secured.on("data", (bytes: Uint8Array) => secured.end(bytes));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server on a port has an address that is no pipe's name.
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) };
}

test("who holds the key is let in without any certificate, over TLS 1.0 where that is allowed", async () => {
  await using device = await aDevice();
  const stream = await securedByKey(directDialer({ host: "127.0.0.1" }), { pid, pps }, "TLSv1")(device.port, never);
  stream.write("hello");
  assert.equal(String((await once(stream, "data"))[0]), "hello");
  stream.destroy();
  const strict = securedByKey(directDialer({ host: "127.0.0.1" }), { pid, pps });
  await assert.rejects(strict(device.port, never), { code: "amt.tls.incompatible" });
});

test("another name and another key are both refused as such", async () => {
  await using device = await aDevice();
  const dialer = directDialer({ host: "127.0.0.1" });
  for (const pair of [
    { pid: "00000000", pps },
    { pid, pps: pps.toLowerCase() },
  ]) {
    await assert.rejects(securedByKey(dialer, pair, "TLSv1")(device.port, never), { code: "amt.tls.psk-refused" });
  }
});
