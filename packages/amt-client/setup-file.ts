import { decodeSetupFile, encodeSetupFile, type SetupVersion } from "@vigil/wire/setup-bin.ts";
import {
  namedVariable,
  setupVariable,
  setupVariables,
  type NamedVariable,
  type SetupVariableName,
} from "@vigil/wire/setup-variables.ts";

export type { SetupVersion } from "@vigil/wire/setup-bin.ts";
export type { SetupVariableName } from "@vigil/wire/setup-variables.ts";

/** What one machine is told by its record. */
export type MachineSheet = Readonly<Partial<Record<SetupVariableName, string | number>>>;

export interface SetupFileOptions {
  /** Newer firmware reads older versions, not the other way round. UNVERIFIED which release knows which. */
  readonly version: SetupVersion;
  readonly isScrambled: boolean;
  /** True: the machines leave the records as they are, and each takes the first. */
  readonly isKept: boolean;
}

/** A file as it was read. */
export interface ReadSetupFile {
  readonly version: SetupVersion;
  readonly isKept: boolean;
  readonly consumed: number;
  readonly records: readonly {
    readonly isValid: boolean;
    readonly isScrambled: boolean;
    readonly values: readonly NamedVariable[];
  }[];
}

export function isSetupVariable(name: string): name is SetupVariableName {
  return Object.hasOwn(setupVariables, name);
}

/** Whether a variable holds a number. */
export function isNumeric(name: SetupVariableName): boolean {
  return setupVariables[name].kind.startsWith("uint");
}

/** setup.bin for these machines, one record each. @throws wire.setup-bin.malformed, wire.setup-bin.too-large (caller) */
export function writeSetupFile(machines: readonly MachineSheet[], options: SetupFileOptions): Uint8Array {
  const { version, isScrambled, isKept } = options;
  const records = machines.map((sheet) => ({
    isValid: true,
    isScrambled,
    variables: Object.entries(sheet)
      .filter((entry): entry is [SetupVariableName, string | number] => isSetupVariable(entry[0]))
      .map(([name, value]) => setupVariable(name, value))
      .sort((one, other) => one.module - other.module || one.variable - other.variable),
  }));
  return encodeSetupFile({ version, minorVersion: 0, isKept, consumed: 0, records });
}

/** @throws wire.setup-bin.* (caller) */
export function readSetupFile(bytes: Uint8Array): ReadSetupFile {
  const { version, isKept, consumed, records } = decodeSetupFile(bytes);
  return {
    version,
    isKept,
    consumed,
    records: records.map(({ isValid, isScrambled, variables }) => ({
      isValid,
      isScrambled,
      values: variables.map(namedVariable),
    })),
  };
}
