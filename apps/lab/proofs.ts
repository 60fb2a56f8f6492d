import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { connect as connectTcp } from "node:net";
import { connect as connectTls, type DetailedPeerCertificate } from "node:tls";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { run } from "./programs.ts";
import { until, type Stage } from "./stage.ts";

/** How many devices are asked at once, without the server's help. */
const atOnce = 16;

/** Every stored secret opens its device: a job that logs in on each of them ends well. */
export async function everySecretOpens(stage: Stage, devices: number, signal?: AbortSignal): Promise<void> {
  const started = await stage.client.runs.start({
    body: { operation: "power.state", target: { collection: "Provisioned" } },
  });
  const done = async (): Promise<boolean> => {
    const { state } = await stage.client.runs.show({ params: { id: started.id } });
    return state === "finished";
  };
  await until("every device asked", done, signal === undefined ? {} : { signal });
  const { counts, total } = await stage.client.runs.show({ params: { id: started.id } });
  if (counts.succeeded !== devices || total !== devices) {
    const results = await stage.client.runs.results({
      params: { id: started.id },
      query: { outcome: "failed", limit: 3 },
    });
    assert.fail(`${counts.succeeded} of ${devices} opened: ${JSON.stringify(results.items)}`);
  }
}

/** The password that every device left the factory with is refused, on the wire, by curl. */
export async function factoryPasswordFails(stage: Stage): Promise<void> {
  await forEach(stage.fleet.devices, async (device) => {
    const url = `https://${device.address}:16993/wsman`;
    const answer = await curl(["--insecure", "--digest", "--user", "admin:admin", "--data", identify, url]);
    assert.equal(answer, "401", `${device.address} answered ${answer} to the factory password`);
  });
}

/** The plain port is closed: nobody listens. */
export async function plainPortRefuses(stage: Stage): Promise<void> {
  await forEach(stage.fleet.devices, async (device) => {
    assert.equal(await plainPort(device.address), "ECONNREFUSED", `${device.address}:16992`);
  });
}

/** SHA-256 fingerprints of the certificates that the devices show on 16993. */
export async function runtimeCertificates(stage: Stage): Promise<ReadonlySet<string>> {
  const fingerprints = new Set<string>();
  await forEach(stage.fleet.devices, async (device) => {
    fingerprints.add(await fingerprintAt(device.address));
  });
  return fingerprints;
}

/** How many times the host has started, by the device's own event log. @source protocols B.9: sensor type 37 */
export function hostStartsOf(device: VirtualDevice): number {
  return device.firmware.state.log.filter((record) => Buffer.from(record, "base64")[5] === 37).length;
}

const identify =
  '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>';

async function forEach<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const worker = async (): Promise<void> => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) await act(one);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** @returns the HTTP status of the last answer */
async function curl(args: readonly string[]): Promise<string> {
  const quiet = ["--silent", "--max-time", "20", "--output", "/dev/null", "--write-out", "%{http_code}"];
  return (await run("curl", [...quiet, ...args])).stdout;
}

function plainPort(host: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host, port: 16_992 });
    socket.once("connect", () => {
      socket.destroy();
      resolve("open");
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
  });
}

function fingerprintAt(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host, port: 16_993, rejectUnauthorized: false }, () => {
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      resolve(fingerprint256);
    });
    socket.once("error", reject);
  });
}

/** What a device shows on 16993, PEM, leaf first. The root is not among it. */
export function presentedChain(host: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host, port: 16_993, rejectUnauthorized: false }, () => {
      const chain: string[] = [];
      const seen = new Set<string>();
      let one: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
      for (; one?.raw !== undefined && !seen.has(one.fingerprint256); one = one.issuerCertificate) {
        seen.add(one.fingerprint256);
        chain.push(new X509Certificate(one.raw).toString());
      }
      socket.destroy();
      resolve(chain);
    });
    socket.once("error", reject);
  });
}
