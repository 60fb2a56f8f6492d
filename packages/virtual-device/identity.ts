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

/** Made-up machines with releases that real ones have had. */
const kinds: readonly Kind[] = [
  {
    manufacturer: "Northwind Computing",
    model: "Desk 7040",
    boardModel: "NB-7040",
    bios: "NW40.0112",
    processor: "Intel(R) Core(TM) i5-9500 CPU @ 3.00GHz",
    release: "12.0.67",
    build: "1579",
    isMobile: false,
  },
  {
    manufacturer: "Contoso",
    model: "TravelMate X15",
    boardModel: "X15-MB",
    bios: "CX15.0231",
    processor: "11th Gen Intel(R) Core(TM) i7-1185G7 @ 3.00GHz",
    release: "15.0.23",
    build: "1706",
    isMobile: true,
  },
  {
    manufacturer: "Contoso",
    model: "Tower Z2",
    boardModel: "Z2-MB",
    bios: "CZ02.0045",
    processor: "12th Gen Intel(R) Core(TM) i7-12700",
    release: "16.1.25",
    build: "2124",
    isMobile: false,
  },
];

/** The machine number `index` of a fleet: the same seed gives the same machines. */
export function identityOf(seed: string, index: number): Identity {
  const digest = createHash("sha256").update(`${seed}/${index}`).digest();
  const kind = kinds[index % kinds.length];
  if (kind === undefined) throw new RangeError("no kinds");
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
