import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { systemClock } from "@vigil/base/clock.ts";
import { HelloGate, HelloSender } from "@vigil/virtual-device/endpoints/hello.ts";
import { Faults } from "@vigil/virtual-device/faults.ts";
import { Firmware } from "@vigil/virtual-device/firmware.ts";
import { identityOf } from "@vigil/virtual-device/identity.ts";
import { decodeHello, type Hello } from "@vigil/wire/hello.ts";
import { defineScenario } from "../scenarios.ts";
import { strangerFromNpm } from "../strangers.ts";

type PkiHello = Extract<Hello, { readonly version: 3 }>;

const goldens = join(import.meta.dirname, "../../../packages/wire/goldens/hello");
/** The three that were captured, with their lengths. @source protocols C.2 */
const captured = [
  ["factory.hex", 807],
  ["root-added.hex", 841],
  ["second-try.hex", 841],
] as const;

export default defineScenario({
  name: "stranger-hello",
  story: "a virtual device's hello is byte for byte what real ones sent, and MeshCentral's own server reads it",
  smallSize: 3,
  async play({ say, signal }) {
    const folder = await strangerFromNpm("meshcentral", "1.1.55");
    for (const [file, length] of captured) {
      const golden = Buffer.from(readFileSync(join(goldens, file), "latin1").replaceAll(/\s/g, ""), "hex");
      assert.equal(golden.length, length);
      const hello = decodeHello(golden);
      assert.ok(hello.version === 3);
      assert.deepEqual(await dumped(hello, signal), golden, file);
      if (folder !== undefined) await readByMeshCentral(folder, hello);
      say(`${file}: ${length} bytes${folder === undefined ? "" : ", read by MeshCentral"}`);
    }
    if (folder === undefined) say("skipped in part: npm has no meshcentral here");
    return { captures: captured.length, ...(folder === undefined ? { skipped: "meshcentral" } : {}) };
  },
});

/** A device like the one that sent that hello. */
function sendAs(hello: PkiHello, port: number): HelloSender {
  const clock = systemClock();
  const firmware = new Firmware({
    identity: { ...identityOf("hello", 0), uuid: hello.uuid },
    clock,
    keys: { next: () => "" },
    random: (bytes) => new Uint8Array(bytes),
    trustedRootHashes: hello.rootHashes.map(({ hash }) => hash),
    domainSuffix: "lab.example",
    powerDelayMs: 1_000,
  });
  firmware.change((state) => {
    state.hello.sent = hello.retryCount;
  });
  const sender = new HelloSender({
    firmware,
    address: "127.0.0.1",
    target: { host: "127.0.0.1", port },
    gate: new HelloGate(),
    faults: new Faults(() => {}),
    onWindowClosed: () => {},
  });
  sender.start();
  return sender;
}

/** What a plain socket takes. */
async function dumped(hello: PkiHello, signal: AbortSignal): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const server = createServer((socket) => {
    socket.on("data", (bytes: Uint8Array) => pieces.push(bytes));
    socket.once("end", () => server.emit("hello"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening", { signal });
  // A server on a port has an address that is no pipe's name.
  const sender = sendAs(hello, (server.address() as AddressInfo).port);
  try {
    await once(server, "hello", { signal });
    return Buffer.concat(pieces);
  } finally {
    sender.stop();
    server.close();
  }
}

async function readByMeshCentral(folder: string, hello: PkiHello): Promise<void> {
  const driver = join(import.meta.dirname, "../strangers/meshcentral-hello.cjs");
  const program = spawn(process.execPath, [driver, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  // Our own driver prints them.
  const next = async (): Promise<object> => JSON.parse(String((await lines.next()).value)) as object;
  try {
    const ready = await next();
    const port: unknown = "port" in ready ? ready.port : undefined;
    assert.ok(typeof port === "number");
    const sender = sendAs(hello, port);
    const read = await next();
    sender.stop();
    assert.deepEqual(read, {
      guid: hello.uuid,
      helloversion: 3,
      retryCount: hello.retryCount,
      adminCredentialsSet: hello.hasAdminCredentials,
      hashes: hello.rootHashes.map(({ hash }) => hash),
    });
  } finally {
    program.kill();
  }
}
