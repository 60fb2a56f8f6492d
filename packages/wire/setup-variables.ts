import { fail } from "./errors.ts";
import type { SetupVariable } from "./setup-bin.ts";

type Kind = "text" | "uint8" | "uint16" | "bytes";

interface Meaning {
  readonly module: 1 | 2;
  readonly variable: number;
  readonly kind: Kind;
  /** Most characters of a text. */
  readonly most?: number;
  readonly isSecret?: true;
}

/** What a record of setup.bin can say. Widths of numbers other than the port's are UNVERIFIED. @source protocols C.9 */
export const setupVariables = {
  currentMebxPassword: { module: 1, variable: 1, kind: "text", most: 32, isSecret: true },
  newMebxPassword: { module: 1, variable: 2, kind: "text", most: 32, isSecret: true },
  /** 0 none, 1 AMT */
  manageability: { module: 1, variable: 3, kind: "uint8" },
  localFirmwareUpdate: { module: 1, variable: 4, kind: "uint8" },
  firmwareUpdateQualifier: { module: 1, variable: 5, kind: "uint8" },
  powerPackage: { module: 1, variable: 6, kind: "bytes" },
  pid: { module: 2, variable: 1, kind: "text", most: 8 },
  pps: { module: 2, variable: 2, kind: "text", most: 32, isSecret: true },
  pkiDnsSuffix: { module: 2, variable: 3, kind: "text", most: 255 },
  configurationServer: { module: 2, variable: 4, kind: "text", most: 255 },
  remoteConfiguration: { module: 2, variable: 5, kind: "uint8" },
  installedCertificates: { module: 2, variable: 6, kind: "uint8" },
  userCertificates: { module: 2, variable: 7, kind: "uint8" },
  userCertificateHash: { module: 2, variable: 8, kind: "bytes" },
  /** 1 serial over LAN, 2 IDE redirection, 4 user and password */
  redirection: { module: 2, variable: 10, kind: "uint8" },
  hostName: { module: 2, variable: 11, kind: "text", most: 63 },
  domainName: { module: 2, variable: 12, kind: "text", most: 255 },
  /** 1 off, 2 on */
  dhcp: { module: 2, variable: 13, kind: "uint8" },
  secureFirmwareUpdate: { module: 2, variable: 14, kind: "uint8" },
  /** 0 enterprise, 1 small business */
  provisioningMode: { module: 2, variable: 16, kind: "uint8" },
  serverAddress: { module: 2, variable: 17, kind: "text", most: 39 },
  serverPort: { module: 2, variable: 18, kind: "uint16" },
  staticIpv4: { module: 2, variable: 19, kind: "bytes" },
  vlan: { module: 2, variable: 20, kind: "uint16" },
  passwordPolicy: { module: 2, variable: 21, kind: "uint8" },
  ipv6: { module: 2, variable: 22, kind: "bytes" },
  sharedHostName: { module: 2, variable: 23, kind: "uint8" },
  dynamicDns: { module: 2, variable: 24, kind: "bytes" },
  screen: { module: 2, variable: 25, kind: "uint8" },
  /** 0 none, 1 screen, 255 all */
  consent: { module: 2, variable: 26, kind: "uint8" },
  remoteConsent: { module: 2, variable: 27, kind: "uint8" },
  haltOrActive: { module: 2, variable: 28, kind: "uint8" },
  manualOrAutomatic: { module: 2, variable: 29, kind: "uint8" },
} as const satisfies Readonly<Record<string, Meaning>>;

export type SetupVariableName = keyof typeof setupVariables;

/** A variable in words; bytes are hexadecimal, and one that is not known is "MODULE/VARIABLE". */
export interface NamedVariable {
  readonly name: string;
  readonly value: string | number;
  readonly isSecret: boolean;
}

/** @throws wire.setup-bin.malformed (caller): the value does not fit */
export function setupVariable(name: SetupVariableName, value: string | number): SetupVariable {
  const meaning: Meaning = setupVariables[name];
  const { module, variable } = meaning;
  return { module, variable, value: bytesOf(name, meaning, value) };
}

function bytesOf(name: string, { kind, most = 0 }: Meaning, value: string | number): Uint8Array {
  const bytes = Buffer.alloc(kind === "uint16" ? 2 : 1);
  if (kind === "text") {
    if (typeof value === "string" && value.length <= most && /^[\x20-\x7e]+$/.test(value)) return Buffer.from(value);
    throw unfit(name, `1 to ${most} characters of ASCII`);
  }
  if (kind === "bytes") {
    if (typeof value === "string" && /^([0-9a-f]{2})+$/.test(value)) return Buffer.from(value, "hex");
    throw unfit(name, "hexadecimal digits");
  }
  const largest = 256 ** bytes.length - 1;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > largest) {
    throw unfit(name, `a number up to ${largest}`);
  }
  bytes.writeUIntLE(value, 0, bytes.length);
  return bytes;
}

/** A value of another length than its kind's is shown as bytes. What is not known is taken for a secret. */
export function namedVariable({ module, variable, value }: SetupVariable): NamedVariable {
  const bytes = Buffer.from(value);
  const found = Object.entries(setupVariables).find(([, one]) => one.module === module && one.variable === variable);
  if (found === undefined) return { name: `${module}/${variable}`, value: bytes.toString("hex"), isSecret: true };
  const [name, meaning]: readonly [string, Meaning] = found;
  const isSecret = meaning.isSecret === true;
  if (meaning.kind === "text") return { name, value: bytes.toString("latin1"), isSecret };
  const width = meaning.kind === "uint8" ? 1 : meaning.kind === "uint16" ? 2 : 0;
  const shown = width > 0 && bytes.length === width ? bytes.readUIntLE(0, width) : bytes.toString("hex");
  return { name, value: shown, isSecret };
}

function unfit(name: string, expected: string): Error {
  return fail("wire.setup-bin.malformed", { details: { field: name, expected } });
}
