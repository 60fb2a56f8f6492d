import assert from "node:assert/strict";
import { aLoneDevice } from "../lone-device.ts";
import { run, runVigil, type Finished } from "../programs.ts";
import { defineScenario } from "../scenarios.ts";
import { generationNames, type Generation } from "@vigil/virtual-device/identity.ts";

interface Expected {
  readonly release: string;
  /** What openssl agrees on, and what it does not. */
  readonly tls: readonly string[];
  readonly noTls: readonly string[];
  readonly hasPlain: boolean;
  readonly isChunked: boolean;
  /** Classes that it has, and that it lacks. */
  readonly has: readonly string[];
  readonly lacks: readonly string[];
}

const old = ["AMT_SNMPEventSubscriber", "AMT_8021XProfile"];
const middle = ["IPS_HostBootReason", "IPS_IEEE8021xSettings"];

const expected: Readonly<Record<Generation, Expected>> = {
  "7": {
    release: "7.1.91",
    tls: ["-tls1"],
    noTls: ["-tls1_2", "-tls1_3"],
    hasPlain: true,
    isChunked: false,
    has: old,
    lacks: [...middle, "IPS_HTTPProxyService", "IPS_AlarmClockOccurrence"],
  },
  "11.8": {
    release: "11.8.50",
    tls: ["-tls1", "-tls1_2"],
    noTls: ["-tls1_3"],
    hasPlain: true,
    isChunked: true,
    has: [...old, ...middle],
    lacks: ["IPS_HTTPProxyService"],
  },
  "12": {
    release: "12.0.67",
    tls: ["-tls1_1", "-tls1_2"],
    noTls: ["-tls1", "-tls1_3"],
    hasPlain: true,
    isChunked: true,
    has: [...old, ...middle],
    lacks: ["IPS_HTTPProxyService"],
  },
  "15": {
    release: "15.0.23",
    tls: ["-tls1_2"],
    noTls: ["-tls1", "-tls1_3"],
    hasPlain: true,
    isChunked: true,
    has: [...old, ...middle, "IPS_HTTPProxyService", "CIM_Battery"],
    lacks: [],
  },
  "16": {
    release: "16.1.25",
    tls: ["-tls1_2", "-tls1_3"],
    noTls: ["-tls1", "-tls1_1"],
    hasPlain: true,
    isChunked: true,
    has: [...middle, "AMT_SNMPEventSubscriber"],
    lacks: ["AMT_8021XProfile"],
  },
  "19": {
    release: "19.0.5",
    tls: ["-tls1_2", "-tls1_3"],
    noTls: ["-tls1", "-tls1_1"],
    hasPlain: false,
    isChunked: true,
    has: middle,
    lacks: old,
  },
};

export default defineScenario({
  name: "generations",
  story:
    "six generations of firmware differ in classes, TLS, ports, hashes and chunks, and Vigil speaks to each of them",
  smallSize: 6,
  async play({ say }) {
    for (const [index, generation] of generationNames.entries()) {
      const wanted = expected[generation];
      await using lone = await aLoneDevice(`127.90.3.${index + 1}`, generation);
      const env = { VIGIL_AMT_PASSWORD: lone.password };
      const vigil = (...args: string[]): Promise<Finished> => runVigil(["amt", lone.address, ...args], env);
      await tls(lone.address, wanted);
      const isOld = !wanted.tls.includes("-tls1_2");
      const secure = ["--insecure", ...(isOld ? ["--tls-min", "TLSv1"] : [])];
      if (isOld) {
        const refused = await vigil("info", "--insecure", "--json");
        assert.equal(errorCodeOf(refused), "amt.tls.incompatible", "an old release is refused unless its TLS is named");
      }
      const info = await vigil("info", ...secure, "--json");
      assert.equal(info.code, 0, info.stderr);
      assert.equal(String(JSON.parse(info.stdout).release).startsWith(wanted.release), true, info.stdout);
      for (const name of wanted.has) {
        const listed = await vigil("enum", name, ...secure, "--json");
        assert.equal(listed.code, 0, `${generation} has ${name}: ${listed.stderr}`);
      }
      for (const name of wanted.lacks) {
        const refused = await vigil("enum", name, ...secure, "--json");
        assert.equal(errorCodeOf(refused), "amt.release.lacking", `${generation} lacks ${name}`);
      }
      const plain = await vigil("info", "--plain", "--json");
      if (wanted.hasPlain) assert.equal(plain.code, 0, plain.stderr);
      else assert.equal(errorCodeOf(plain), "amt.connect.refused");
      await chunks(lone.address, lone.password, wanted);
      say(
        `${generation}: ${wanted.tls.join(" ")}, ${wanted.hasPlain ? "plain" : "TLS alone"}, ${wanted.isChunked ? "chunked" : "whole"}`,
      );
    }
    return { generations: generationNames.length };
  },
});

function errorCodeOf({ code, stdout, stderr }: Finished): string {
  assert.notEqual(code, 0, stdout);
  const { error } = JSON.parse(stdout) as { readonly error?: { readonly code?: string } };
  return error?.code ?? stderr;
}

async function tls(address: string, { tls: spoken, noTls }: Expected): Promise<void> {
  const shakes = async (version: string): Promise<boolean> => {
    const command = `openssl s_client -connect ${address}:16993 ${version} -cipher DEFAULT@SECLEVEL=0 </dev/null 2>&1`;
    const { stdout } = await run("sh", ["-c", command]);
    return /Cipher is (?!\(NONE\))\S+/.test(stdout) && !/no peer certificate available/.test(stdout);
  };
  for (const version of spoken) assert.equal(await shakes(version), true, `${address} speaks ${version}`);
  for (const version of noTls) assert.equal(await shakes(version), false, `${address} does not speak ${version}`);
}

async function chunks(address: string, password: string, { hasPlain, isChunked }: Expected): Promise<void> {
  const url = hasPlain ? `http://${address}:16992/wsman` : `https://${address}:16993/wsman`;
  const identify =
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>';
  const login = ["--digest", "--user", `admin:${password}`];
  const { stdout } = await run("curl", [
    "--silent",
    "--insecure",
    "--include",
    "--raw",
    ...login,
    "--data",
    identify,
    url,
  ]);
  const answer = stdout.slice(stdout.lastIndexOf("HTTP/1.1 200"));
  assert.equal(/\r\nTransfer-Encoding: chunked\r\n/.test(answer), isChunked, answer.slice(0, 300));
  assert.equal(/\r\nContent-Length: \d+\r\n/.test(answer), !isChunked);
  assert.equal(/\r\n\r\n[0-9A-F]{4}\r\n/.test(answer), isChunked);
}
