import { fail } from "../errors.ts";
import { usualLimitMs, type Step } from "./step.ts";

/**
 * Looks whether it is as it should be, over the way that all later work will take: TLS with Vigil's certificate, the stored
 * password. Only then is the password the confirmed one, and the one before it given up.
 */
export const verify: Step = {
  name: "verify",
  needs: ["commit"],
  limitMs: usualLimitMs,
  kind: "course",
  compare: () => Promise.resolve("due"),
  async apply(device, profile, site) {
    const { names, calls, credentials, transaction } = site;
    // This meeting came about with the password in question, so a request that is answered is the proof.
    const { state, controlMode } = await device.setup.readState(calls);
    const isRuled = controlMode === "admin" || (controlMode === "client" && site.notes.controlMode === "client");
    if (site.way !== "runtime" || state !== "provisioned" || !isRuled) {
      throw fail("provisioning.verify.unfinished", { details: { way: site.way, state, controlMode } });
    }
    if (!profile.tls.isPlainPortOpen && (await site.isPlainPortOpen())) {
      throw fail("provisioning.verify.plain-open", { details: { address: names.address } });
    }
    site.notes.controlMode = controlMode === "client" ? "client" : "admin";
    await transaction((tx) => credentials.confirmAll(tx, names.uuid));
  },
};
