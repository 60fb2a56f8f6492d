import { VigilError } from "@vigil/base/errors.ts";

/** How a device says that its release, or its machine, has none of something. */
const lackingCodes: ReadonlySet<string> = new Set([
  "amt.release.lacking",
  "wsman.fault.destinationUnreachable",
  "wsman.fault.actionNotSupported",
  "wsman.fault.unsupportedFeature",
]);

/** Reads parts of a device of which not every release has all, and keeps which it lacks. */
export class Parts<Name extends string> {
  readonly #lacks: Name[] = [];

  get lacks(): Name[] {
    return [...this.#lacks];
  }

  /** @returns undefined when the device has none of it */
  async read<T>(name: Name, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof VigilError) || !lackingCodes.has(error.code)) throw error;
      this.#lacks.push(name);
      return undefined;
    }
  }
}
