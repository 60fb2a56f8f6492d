import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { keepAlive } from "./keep-alive.ts";

/** The kernel's timer of a connection: which one, and in how many seconds. @source proc_net_tcp: 00 none, 02 keep-alive; jiffies are hundredths */
function timerOf(localPort: number): { readonly kind: string; readonly seconds: number } {
  const port = localPort.toString(16).toUpperCase().padStart(4, "0");
  const line = readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((one) => one.trim().split(/\s+/))
    .find((fields) => fields[1]?.endsWith(`:${port}`));
  const [kind = "", jiffies = ""] = (line?.[5] ?? "").split(":");
  return { kind, seconds: Number.parseInt(jiffies, 16) / 100 };
}

test(
  "the system itself asks within ten seconds whether a silent device is still there",
  { skip: process.platform !== "linux" },
  async () => {
    const server = createServer((far) => far.resume()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const near = connect((server.address() as AddressInfo).port, "127.0.0.1");
    await once(near, "connect");
    const { localPort = 0 } = near;
    assert.equal(timerOf(localPort).kind, "00", "nobody would ever notice a pulled cable");
    keepAlive(near);
    const { kind, seconds } = timerOf(localPort);
    assert.equal(kind, "02");
    assert.ok(seconds > 5 && seconds <= 10.1, String(seconds));
    near.destroy();
    server.close();
  },
);

test("a stream that is no socket is left alone", () => {
  keepAlive(new PassThrough());
});
