import { refusalsOf } from "../../profiles/profiles.ts";
import { fail } from "../errors.ts";
import { usualLimitMs, type Step } from "./step.ts";

/** Refuses a device whose release cannot be as its profile says, before anything is written to it. */
export const fitsRelease: Step = {
  name: "fits-release",
  needs: ["identify"],
  limitMs: usualLimitMs,
  kind: "course",
  compare(_device, profile, { names, notes }) {
    const refused = refusalsOf(profile, notes.release);
    if (refused.length === 0) return Promise.resolve([]);
    const settings = [...new Set(refused.map(({ setting }) => setting))];
    const reasons = refused.map(({ text }) => text);
    const details = { device: names.uuid, release: notes.release, profile: profile.name, settings, reasons };
    throw fail("provisioning.profile.unsupported", { details });
  },
  apply: () => Promise.resolve(),
};
