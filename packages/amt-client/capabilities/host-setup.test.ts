import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { aHost, aSetupProof } from "../testing/host-device.ts";

const password = "Tr1cky!passw0rd-1";

test("the host's account sets a device up in client mode, and the password leaves as a digest", async () => {
  const { asHost, asAdmin, firmware, sent } = await aHost();
  await using host = asHost();
  assert.equal((await host.hostSetup.read()).controlMode, "none");
  await host.hostSetup.enterClientMode(password);
  assert.equal((await host.hostSetup.read()).controlMode, "client");
  assert.equal(
    firmware.state.adminHa1,
    createHash("md5").update(`admin:${firmware.digestRealm}:${password}`).digest("hex"),
  );
  assert.doesNotMatch(sent(), /Tr1cky/);
  await using admin = asAdmin(password);
  const { state, controlMode } = await admin.setup.readState();
  assert.deepEqual({ state, controlMode }, { state: "provisioned", controlMode: "client" });
});

test("with a setup certificate whose root the device knows it is admin mode, by one AdminSetup", async () => {
  const proof = await aSetupProof();
  const { asHost, firmware, sent } = await aHost(proof);
  await using host = asHost();
  const { nonce } = await host.hostSetup.read();
  await host.hostSetup.enterAdminMode(password, proof);
  assert.equal((await host.hostSetup.read()).controlMode, "admin");
  assert.notDeepEqual((await host.hostSetup.read()).nonce, nonce, "the nonce was good for one attempt");
  assert.equal(sent().match(/<\w+:AdminSetup_INPUT/g)?.length, 1);
  assert.equal(firmware.mode, "post");
});

test("client mode is left for admin mode with the password kept, or for the factory state", async () => {
  const proof = await aSetupProof();
  const { asHost, asAdmin, firmware } = await aHost(proof);
  await using host = asHost();
  await host.hostSetup.enterClientMode(password);
  await host.hostSetup.upgradeToAdminMode(proof);
  await using admin = asAdmin(password);
  assert.equal((await admin.setup.readState()).controlMode, "admin");
  await assert.rejects(host.hostSetup.leaveClientMode(), { code: "amt.host-setup.refused" });
  const other = await aHost();
  await using otherHost = other.asHost();
  await otherHost.hostSetup.enterClientMode(password);
  await otherHost.hostSetup.leaveClientMode();
  assert.equal(other.firmware.mode, "pre");
  assert.equal(firmware.mode, "post");
});

test("a chain that the device does not trust, and a key that is not the leaf's, are refused in words", async () => {
  const proof = await aSetupProof();
  const stranger = await aHost();
  await using host = stranger.asHost();
  await assert.rejects(host.hostSetup.enterAdminMode(password, proof), {
    code: "amt.host-setup.refused",
    details: {
      host: "device.test",
      port: 16_992,
      method: "AddNextCertInChain",
      returnValue: 4,
      status: "verification-failed",
    },
  });
  const other = await aSetupProof();
  const { asHost, firmware } = await aHost(proof);
  await using second = asHost();
  const { nonce } = await second.hostSetup.read();
  await assert.rejects(
    second.hostSetup.enterAdminMode(password, { chainPem: proof.chainPem, keyPem: other.keyPem }),
    (error: { readonly details?: object }) => {
      assert.partialDeepStrictEqual(error.details, { method: "AdminSetup", status: "authentication-failed" });
      return true;
    },
  );
  assert.equal(firmware.mode, "pre");
  assert.notDeepEqual((await second.hostSetup.read()).nonce, nonce);
});

test("nobody but the host's own account may, and it may do nothing else", async () => {
  const { asHost, asAdmin } = await aHost();
  await using host = asHost();
  await host.hostSetup.enterClientMode(password);
  await assert.rejects(host.time.set(), { code: "wsman.fault.accessDenied" });
  await using admin = asAdmin(password);
  assert.equal((await admin.consent.read()).policy, "all", "the user is always asked");
  await assert.rejects(admin.consent.require("none"), { code: "amt.consent.refused" });
  await assert.rejects(admin.setup.setMebxPassword(password), { code: "amt.setup.refused" });
});
