import { usualLimitMs, type Step } from "./step.ts";

/**
 * Puts everything into force. From here on the device shows Vigil's certificate, its plain port is closed, and it sends no
 * more hellos: the work item is all that remembers it until it has been verified.
 *
 * When the answer is lost, the certificate that the device shows at the next meeting tells whether it has committed.
 */
export const commit: Step = {
  name: "commit",
  needs: ["admin-password", "clock", "tls-settings", "web-page"],
  limitMs: usualLimitMs,
  kind: "course",
  compare: (_device, _profile, { way, notes }) => Promise.resolve(way === "runtime" && !notes.needsCommit ? [] : "due"),
  async apply(device, _profile, { calls, notes }) {
    await device.setup.commitChanges(calls);
    notes.needsCommit = false;
  },
};
