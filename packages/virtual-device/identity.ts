import { createHash } from "node:crypto";

/** What never changes about one machine. */
export interface Identity {
  readonly uuid: string;
  /** Firmware release, e.g. "16.1.25". */
  readonly release: string;
  readonly build: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly boardModel: string;
  readonly serialNumber: string;
  readonly biosVersion: string;
  readonly processor: string;
  /** Bytes of one memory module; there are two. */
  readonly moduleBytes: bigint;
  readonly diskKilobytes: bigint;
  /** Lower case with dashes. */
  readonly mac: string;
  readonly isMobile: boolean;
}

interface Kind {
  readonly manufacturer: string;
  readonly model: string;
  readonly boardModel: string;
  readonly bios: string;
  readonly processor: string;
  readonly release: string;
  readonly build: string;
  readonly isMobile: boolean;
}

/** Generations of firmware, which differ in classes, TLS, hashes, ports and how answers are cut. See docs/protocol/virtual-device.md. */
export const generationNames = ["7", "11.8", "12", "15", "16", "19"] as const;
export type Generation = (typeof generationNames)[number];

/** Made-up machines with releases that real ones have had; the last is ahead of what has been recorded. */
const kinds: Readonly<Record<Generation, Kind>> = {
  "7": {
    manufacturer: "Northwind Computing",
    model: "Desk 990",
    boardModel: "NB-990",
    bios: "NW90.0031",
    processor: "Intel(R) Core(TM) i5-2500 CPU @ 3.30GHz",
    release: "7.1.91",
    build: "3272",
    isMobile: false,
  },
  "11.8": {
    manufacturer: "Contoso",
    model: "TravelMate E7",
    boardModel: "E7-MB",
    bios: "CE70.0118",
    processor: "Intel(R) Core(TM) i7-7600U CPU @ 2.80GHz",
    release: "11.8.50",
    build: "3425",
    isMobile: true,
  },
  "12": {
    manufacturer: "Northwind Computing",
    model: "Desk 7040",
    boardModel: "NB-7040",
    bios: "NW40.0112",
    processor: "Intel(R) Core(TM) i5-9500 CPU @ 3.00GHz",
    release: "12.0.67",
    build: "1579",
    isMobile: false,
  },
  "15": {
    manufacturer: "Contoso",
    model: "TravelMate X15",
    boardModel: "X15-MB",
    bios: "CX15.0231",
    processor: "11th Gen Intel(R) Core(TM) i7-1185G7 @ 3.00GHz",
    release: "15.0.23",
    build: "1706",
    isMobile: true,
  },
  "16": {
    manufacturer: "Contoso",
    model: "Tower Z2",
    boardModel: "Z2-MB",
    bios: "CZ02.0045",
    processor: "12th Gen Intel(R) Core(TM) i7-12700",
    release: "16.1.25",
    build: "2124",
    isMobile: false,
  },
  "19": {
    manufacturer: "Contoso",
    model: "TravelMate X19",
    boardModel: "X19-MB",
    bios: "CX19.0007",
    processor: "Intel(R) Core(TM) Ultra 7 268V",
    release: "19.0.5",
    build: "1750",
    isMobile: true,
  },
};

/** What a fleet is made of unless someone says otherwise: what companies have most of. */
export const usualGenerations: readonly Generation[] = ["12", "15", "16"];

/** The machine number `index` of a fleet: the same seed gives the same machines. @param generations taken in turns */
export function identityOf(
  seed: string,
  index: number,
  generations: readonly Generation[] = usualGenerations,
): Identity {
  const digest = createHash("sha256").update(`${seed}/${index}`).digest();
  const generation = generations[index % generations.length];
  if (generation === undefined) throw new RangeError("no generations");
  const kind = kinds[generation];
  const uuid = Buffer.from(digest.subarray(0, 16));
  uuid[6] = ((uuid[6] ?? 0) & 0x0f) | 0x40;
  uuid[8] = ((uuid[8] ?? 0) & 0x3f) | 0x80;
  const hex = uuid.toString("hex");
  return {
    uuid: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
    release: kind.release,
    build: kind.build,
    manufacturer: kind.manufacturer,
    model: kind.model,
    boardModel: kind.boardModel,
    serialNumber: digest.toString("hex", 16, 20).toUpperCase(),
    biosVersion: kind.bios,
    processor: kind.processor,
    moduleBytes: (digest[20] ?? 0) % 2 === 0 ? 8_589_934_592n : 17_179_869_184n,
    diskKilobytes: (digest[21] ?? 0) % 2 === 0 ? 500_107_862n : 960_197_124n,
    // The locally administered bit keeps it out of every vendor's range.
    mac: ["02", ...(digest.toString("hex", 22, 27).match(/../g) ?? [])].join("-"),
    isMobile: kind.isMobile,
  };
}
