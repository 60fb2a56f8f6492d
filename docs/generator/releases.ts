import { generationNames, identityOf, type Generation } from "@vigil/virtual-device/identity.ts";

export { generationNames, type Generation };

/** The release that virtual devices of a generation have. */
export function releaseOf(generation: Generation): string {
  return identityOf("docs", 0, [generation]).release;
}
