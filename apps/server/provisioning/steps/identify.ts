import { fail } from "../errors.ts";
import { usualLimitMs, type Step } from "./step.ts";

/**
 * Makes sure that this is the device that the hello was about, before it is told anything. The hello itself proves nothing: anybody
 * can send one.
 */
export const identify: Step = {
  name: "identify",
  needs: [],
  limitMs: usualLimitMs,
  kind: "course",
  compare: () => Promise.resolve("due"),
  async apply(device, _profile, { names, calls, notes, devices, transaction }) {
    const uuid = await device.setup.uuid(calls);
    if (uuid !== names.uuid)
      throw fail("provisioning.identity.mismatch", { details: { expected: names.uuid, got: uuid } });
    const { release } = await device.setup.readState(calls);
    notes.release = release;
    await transaction((tx) => devices.noteFacts(tx, uuid, { release }));
  },
};
