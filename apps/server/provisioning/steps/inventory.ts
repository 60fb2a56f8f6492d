import { createHash, X509Certificate } from "node:crypto";
import { oneLine } from "../../credentials/credentials.ts";
import { usualLimitMs, type Step } from "./step.ts";

/** Notes what the machine is and whether it is on. */
export const inventory: Step = {
  name: "inventory",
  needs: ["verify"],
  limitMs: 2 * usualLimitMs,
  kind: "course",
  compare: () => Promise.resolve("due"),
  async apply(device, _profile, { names, calls, notes, devices, transaction }) {
    const found = await device.inventory.read(calls);
    const { power } = await device.power.state(calls);
    const certificate = certificateFacts(device.peerCertificate());
    await transaction((tx) =>
      devices.noteFacts(tx, names.uuid, {
        release: found.firmware["AMT"] ?? notes.release,
        hostName: names.hostName,
        model: found.model,
        manufacturer: found.manufacturer,
        serialNumber: found.serialNumber,
        biosVersion: found.bios.version,
        controlMode: notes.controlMode,
        ...(certificate === undefined ? {} : { certificate }),
      }),
    );
    await devices.notePower(names.uuid, power);
  },
};

/** What the registry holds of a certificate that a device shows. @param der undefined without TLS */
export function certificateFacts(
  der: Uint8Array | undefined,
): { readonly subject: string; readonly fingerprint: string; readonly expiresAt: string } | undefined {
  if (der === undefined) return undefined;
  const { subject, validTo } = new X509Certificate(der);
  return {
    subject: oneLine(subject),
    fingerprint: createHash("sha256").update(der).digest("hex"),
    expiresAt: new Date(Date.parse(validTo)).toISOString(),
  };
}
