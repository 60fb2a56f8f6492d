import assert from "node:assert/strict";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { test } from "node:test";
import { createServer as createTlsServer, type TlsOptions as ServerOptions, type TLSSocket } from "node:tls";
import { VigilError } from "@vigil/base/errors.ts";
import { selfSignedCertificate } from "@vigil/virtual-device/firmware/setup-certificate.ts";
import { identityOf } from "@vigil/virtual-device/identity.ts";
import { directDialer } from "./direct.ts";
import { streamFailure } from "./failures.ts";
import { peerCertificateOf, secured, TlsContexts } from "./tls.ts";

const host = "127.0.0.1";
const never = new AbortController().signal;

async function material(index: number, modulusLength = 2048): Promise<{ certificatePem: string; keyPem: string }> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength });
  const keyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const certificatePem = await selfSignedCertificate(identityOf("dial", index), keyPem, new Uint8Array(8).fill(index));
  return { certificatePem, keyPem };
}

const own = await material(1);
const other = await material(2);

async function listening(server: Server): Promise<{ port: number } & AsyncDisposable> {
  server.listen(0, host);
  await once(server, "listening");
  // A server on a port has an address that is no pipe's name.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function tlsServer(
  options: ServerOptions = {},
  onSecure: (socket: TLSSocket) => void = () => {},
): Promise<{ port: number } & AsyncDisposable> {
  const server = createTlsServer({ cert: own.certificatePem, key: own.keyPem, ...options }, (socket) => {
    socket.on("error", () => {});
    socket.on("end", () => socket.end());
    onSecure(socket);
  });
  server.on("tlsClientError", () => {});
  return listening(server);
}

async function errorOf(failing: Promise<unknown>): Promise<VigilError> {
  const error = await failing.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof VigilError, String(error));
  return error;
}

test("a closed port is refused, with host and port", async () => {
  const server = await listening(createServer());
  await server[Symbol.asyncDispose]();
  const error = await errorOf(directDialer({ host })(server.port, never));
  assert.equal(error.code, "amt.connect.refused");
  assert.partialDeepStrictEqual(error.details, { host, port: server.port });
});

test("an aborted dial lets go and rejects with the signal's reason", async () => {
  const stop = new AbortController();
  const dialling = directDialer({ host: "127.0.0.1" })(9, stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(dialling, /enough/);
  await assert.rejects(directDialer({ host })(9, stop.signal), /enough/);
});

test("a certificate of a trusted authority is taken, and can be read", async () => {
  await using server = await tlsServer();
  const stream = await secured(directDialer({ host }), { trust: { caPem: [own.certificatePem] } })(server.port, never);
  assert.deepEqual(Buffer.from(peerCertificateOf(stream) ?? []), new X509Certificate(own.certificatePem).raw);
  stream.destroy();
});

test("a certificate of another authority is not trusted", async () => {
  await using server = await tlsServer();
  const dial = secured(directDialer({ host }), { trust: { caPem: [other.certificatePem] } });
  const error = await errorOf(dial(server.port, never));
  assert.equal(error.code, "amt.tls.untrusted");
  assert.equal(error.details["reason"], "DEPTH_ZERO_SELF_SIGNED_CERT");
});

test("a trusted certificate that is made out to another name is not taken", async () => {
  await using server = await tlsServer();
  const dial = secured(directDialer({ host }), {
    trust: { caPem: [own.certificatePem] },
    serverName: "pc-9.example.test",
  });
  assert.equal((await errorOf(dial(server.port, never))).code, "amt.tls.name-mismatch");
});

test("in setup any certificate is taken, and ours is presented", async () => {
  const arrived = Promise.withResolvers<Uint8Array | undefined>();
  const onSecure = (socket: TLSSocket): void => arrived.resolve(socket.getPeerX509Certificate()?.raw);
  await using server = await tlsServer({ requestCert: true, rejectUnauthorized: false }, onSecure);
  const present = { chainPem: other.certificatePem, keyPem: other.keyPem };
  const stream = await secured(directDialer({ host }), { trust: "setup", present })(server.port, never);
  assert.deepEqual(Buffer.from((await arrived.promise) ?? []), new X509Certificate(other.certificatePem).raw);
  stream.destroy();
});

test("a device that drops the connection in the handshake has failed, not refused", async () => {
  await using server = await listening(createServer((socket) => socket.on("error", () => {}).destroy()));
  const error = await errorOf(secured(directDialer({ host }), { trust: "setup" })(server.port, never));
  assert.equal(error.code, "amt.tls.failed");
});

test("a port that does not speak TLS is incompatible", async () => {
  await using server = await listening(
    createServer((socket) =>
      socket
        .on("error", () => {})
        .resume()
        .end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    ),
  );
  const error = await errorOf(secured(directDialer({ host }), { trust: "setup" })(server.port, never));
  assert.equal(error.code, "amt.tls.incompatible");
});

test("an alert about our certificate is told apart from one about TLS itself", () => {
  const withCode = (code: string): Error => Object.assign(new Error("alert"), { code });
  const codeOf = (code: string): string => streamFailure(withCode(code), {}).code;
  assert.equal(codeOf("ERR_SSL_TLSV1_ALERT_UNKNOWN_CA"), "amt.tls.refused");
  assert.equal(codeOf("ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE"), "amt.tls.refused");
  assert.equal(codeOf("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION"), "amt.tls.incompatible");
  assert.equal(codeOf("EHOSTUNREACH"), "amt.connect.unreachable");
  assert.equal(codeOf("ENOTFOUND"), "amt.connect.unresolved");
  assert.equal(codeOf("EMFILE"), "amt.connect.failed");
});

test("an old TLS version is refused unless it is allowed", async () => {
  await using server = await tlsServer({ minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
  const strict = secured(directDialer({ host }), { trust: "setup" });
  assert.equal((await errorOf(strict(server.port, never))).code, "amt.tls.incompatible");
  const lenient = secured(directDialer({ host }), { trust: "setup", oldest: "TLSv1" });
  (await lenient(server.port, never)).destroy();
});

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  test(`over ${version} a later connection resumes the session, and still says what certificate the device showed`, async () => {
    const resumed: boolean[] = [];
    const shown: string[] = [];
    await using server = await tlsServer({ maxVersion: version }, (socket) => resumed.push(socket.isSessionReused()));
    const dial = secured(directDialer({ host }), { trust: { caPem: [own.certificatePem] } });
    for (let index = 0; index < 3; index += 1) {
      const stream = await dial(server.port, never);
      // Twice, because whoever is handed an open stream asks, too.
      for (const der of [peerCertificateOf(stream), peerCertificateOf(stream)]) {
        shown.push(der === undefined ? "none" : new X509Certificate(der).toString());
      }
      stream.end();
      stream.resume();
      await once(stream, "close");
    }
    assert.deepEqual(resumed, [false, true, true]);
    assert.deepEqual(
      shown,
      Array.from({ length: 6 }, () => new X509Certificate(own.certificatePem).toString()),
    );
  });
}

test("a key too small for today is taken only where older TLS is allowed", async () => {
  const small = await material(3, 1024);
  await using server = await tlsServer({
    cert: small.certificatePem,
    key: small.keyPem,
    ciphers: "DEFAULT@SECLEVEL=0",
    maxVersion: "TLSv1.2",
  });
  const trust = { caPem: [small.certificatePem] };
  assert.equal(
    (await errorOf(secured(directDialer({ host }), { trust })(server.port, never))).code,
    "amt.tls.incompatible",
  );
  (await secured(directDialer({ host }), { trust, oldest: "TLSv1.1" })(server.port, never)).destroy();
});

test("devices that are trusted alike share one context; another authority, version or key of ours has its own", () => {
  const contexts = new TlsContexts();
  const trust = { caPem: [own.certificatePem] };
  const shared = contexts.of({ trust });
  assert.equal(contexts.of({ trust: { caPem: [own.certificatePem] }, serverName: "pc-9.example.test" }), shared);
  assert.notEqual(contexts.of({ trust: { caPem: [other.certificatePem] } }), shared);
  assert.notEqual(contexts.of({ trust: "setup" }), shared);
  assert.notEqual(contexts.of({ trust, oldest: "TLSv1" }), shared);
  const present = { chainPem: own.certificatePem, keyPem: own.keyPem };
  assert.notEqual(contexts.of({ trust, present }), contexts.of({ trust, present }));
});

test("a shared context still checks each device's own name", async () => {
  await using server = await tlsServer();
  const options = { trust: { caPem: [own.certificatePem] }, contexts: new TlsContexts() };
  (await secured(directDialer({ host }), options)(server.port, never)).destroy();
  const dial = secured(directDialer({ host }), { ...options, serverName: "pc-9.example.test" });
  assert.equal((await errorOf(dial(server.port, never))).code, "amt.tls.name-mismatch");
});

test("contexts are few: the one that was used longest ago is forgotten", () => {
  const contexts = new TlsContexts();
  const trust = { caPem: [own.certificatePem] };
  const first = contexts.of({ trust });
  for (let copies = 2; copies < 20; copies += 1) {
    contexts.of({ trust: { caPem: Array.from({ length: copies }, () => own.certificatePem) } });
  }
  assert.notEqual(contexts.of({ trust }), first);
});
