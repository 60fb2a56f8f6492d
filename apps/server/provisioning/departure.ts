/** What is to become of a device that is unprovisioned. */
export interface Wish {
  readonly kind: "partial" | "full";
  readonly certificate: "revoke" | "keep";
  readonly directory: "remove" | "keep";
  readonly afterwards: "factory" | "retired";
}

/** One device on its way out. */
export interface Departure extends Wish {
  readonly device: string;
  readonly actor: string;
  /** When it was told; null before that. */
  readonly toldAt: Date | null;
}

/** The parameters of the operation `device.unprovision`, which the catalogue has checked. */
export function wishIn(parameters: Readonly<Record<string, string>>): Wish {
  const { kind, certificate, directory, afterwards } = parameters;
  return {
    kind: kind === "full" ? "full" : "partial",
    certificate: certificate === "keep" ? "keep" : "revoke",
    directory: directory === "keep" ? "keep" : "remove",
    afterwards: afterwards === "retired" ? "retired" : "factory",
  };
}

/** Its own way out of the fleet: what other rooms have of a device and are to give up. */
export interface Leftovers {
  /** Removes the device's object from the directory, in its own time: the directory may be away. */
  directoryObject(device: string): Promise<void>;
}
