import assert from "node:assert/strict";
import type { Authority } from "@vigil/api/resources/authorities.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { CorporateAuthority } from "@vigil/server/testing/corporate-authority.ts";
import { everySecretOpens, presentedChain } from "../proofs.ts";
import { Prober } from "../prober.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, until, untilProvisioned, type Client } from "../stage.ts";

const authorityExtensions = ["basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=critical,keyCertSign,cRLSign"];

export default defineScenario({
  name: "authority-switch",
  story:
    "devices of two generations go from Vigil's own authority to one below a company's, while each is asked twice a second whether it is there",
  smallSize: 4,
  async play({ devices, say, signal }) {
    await using stage = await setStage({
      devices,
      fleet: { generations: ["11.8", "16"] },
      serverArgs: ["--public-url", "http://vigil.lab.example:9970"],
    });
    await untilProvisioned(stage, devices, signal);
    const { client } = stage;
    const [own] = (await client.authorities.list()).items;
    assert.deepEqual([own?.state, own?.tiers, own?.devices], ["in-use", 2, devices]);

    using corporate = new CorporateAuthority();
    const root = corporate.tier("root", { key: ["rsa:4096"] });
    const middle = corporate.tier("middle", { by: "root" });
    const curve = corporate.tier("curve", { key: ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"] });
    const { id, requestPem } = await requested(client);
    await refusedForReleases(
      client,
      id,
      corporate.sign(requestPem, "curve", { extensions: authorityExtensions }) + curve.pem,
    );
    say("an authority with elliptic curves is refused before any device is touched: release 11 cannot use it");

    const prober = new Prober(stage.fleet.devices.map(({ address }) => address));
    const signed = corporate.sign(requestPem, "middle", { extensions: authorityExtensions });
    await client.authorities.install({ params: { id }, body: { chainPem: root.pem + signed + middle.pem } });
    await client.authorities.use({ params: { id } });
    const started = performance.now();
    const devicesOf = async (which: string): Promise<Authority | undefined> =>
      (await client.authorities.list()).items.find((one) => one.id === which);
    let between = 0;
    const isOver = async (): Promise<boolean> => {
      if (devices <= 20) await everySecretOpens(stage, devices, signal);
      between += 1;
      const [former, present] = [await devicesOf(own?.id ?? ""), await devicesOf(id)];
      return former?.devices === 0 && present?.devices === devices;
    };
    await until("every device has moved", isOver, { limitMs: 120_000 + devices * 3_000, signal });
    const movedMs = performance.now() - started;
    const { samples, unreachable } = await prober.stop();
    assert.deepEqual(unreachable, [], "a device was not there");
    await everySecretOpens(stage, devices, signal);

    const list = Buffer.from((await client.authorities.revocationList({ params: { id } })).der, "base64");
    const roots = corporate.write("roots.pem", root.pem);
    corporate.openssl([
      "crl",
      "-inform",
      "DER",
      "-in",
      corporate.write("list.crl", list),
      "-out",
      corporate.path("list.pem"),
    ]);
    for (const { address } of stage.fleet.devices.slice(0, 20)) {
      const [leaf = "", ...issuers] = await presentedChain(address);
      assert.equal(issuers.length, 2, "the device shows its issuers too");
      const files = ["-untrusted", corporate.write("issuers.pem", issuers.join("")), "-CAfile", roots];
      const check = ["-crl_check", "-CRLfile", corporate.path("list.pem"), "-purpose", "sslserver"];
      assert.match(corporate.openssl(["verify", ...check, ...files, corporate.write("leaf.pem", leaf)]), /: OK/);
    }
    say(`${samples} samples, none without an answer; openssl believes what the devices show`);
    return { devices, samples, unreachable: 0, asked: between, movedSeconds: Math.round(movedMs / 100) / 10 };
  },
});

async function requested(client: Client): Promise<{ readonly id: string; readonly requestPem: string }> {
  const body = { name: "Corp", kind: "outside", commonName: "Corp Vigil Devices", organization: "Corp" } as const;
  const { authority } = await client.authorities.create({ body });
  const { requestPem } = await client.authorities.request({ params: { id: authority.id } });
  return { id: authority.id, requestPem: requestPem ?? "" };
}

async function refusedForReleases(client: Client, id: string, chainPem: string): Promise<void> {
  await assert.rejects(client.authorities.install({ params: { id }, body: { chainPem } }), (error) => {
    assert.ok(error instanceof VigilError && error.code === "credentials.authority.release-unsupported", String(error));
    assert.match(String(error.details["found"]), /release 11: \d+ devices?, e\.g\. [0-9a-f]{8}-/);
    return true;
  });
}
