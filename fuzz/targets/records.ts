import { decodeAuditRecord } from "@vigil/amt-client/audit-record.ts";
import { decodeRecord } from "@vigil/amt-client/event-record.ts";
import {
  auditEvents,
  encodeAuditRecord,
  type AuditEventName,
  type AuditRecord,
} from "@vigil/virtual-device/firmware/audit-record.ts";
import { encodeRecord } from "@vigil/virtual-device/firmware/event-record.ts";
import { decodeBootParameters, encodeBootParameters } from "@vigil/wire/boot-parameters.ts";
import { decodeHello, encodeHello } from "@vigil/wire/hello.ts";
import { parsePid, parsePps, withDashes } from "@vigil/wire/pid-pps.ts";
import { decodeSetupFile, encodeSetupFile } from "@vigil/wire/setup-bin.ts";
import { namedVariable } from "@vigil/wire/setup-variables.ts";
import { bytesFromUuid, uuidFromBytes } from "@vigil/wire/uuid.ts";
import { goldens } from "../goldens.ts";
import { agree, codec, type FuzzTarget } from "../target.ts";

// Layouts in bytes.

const byteWords = [
  "\0",
  "\0\0\0\0",
  "\xff",
  "\xff\xff\xff\xff",
  "\x01",
  "\x02\x20",
  "\x01\x14",
  "\x03\x30",
  "\x86\x80",
];

export const hello = codec({
  seeds: () => goldens("hello/*.hex"),
  words: byteWords,
  refusals: ["wire.hello."],
  read: decodeHello,
  write: encodeHello,
});

export const setupFile = codec({
  seeds: () => goldens("setup-bin/*.hex"),
  words: byteWords,
  refusals: ["wire.setup-bin."],
  read: (input) => {
    const file = decodeSetupFile(input);
    for (const { variables } of file.records) variables.forEach(namedVariable);
    return file;
  },
  write: encodeSetupFile,
});

export const uuid: FuzzTarget = {
  seeds: () => [
    Buffer.from("4b529b93d413181de4871c697a6b7a2b", "hex"),
    Buffer.from("44454c4c-4b00-1031-8030-b2c04f4e3132"),
  ],
  words: ["-", "0", "f", "\n", "{", "}"],
  refusals: ["wire.uuid."],
  quick: 2_000,
  open: () => ({
    run(input) {
      if (input.length === 16) return agree("bytes again", [...bytesFromUuid(uuidFromBytes(input))], [...input]);
      const text = Buffer.from(input).toString("latin1");
      agree("text again", uuidFromBytes(bytesFromUuid(text)), text.toLowerCase());
    },
  }),
};

export const bootParameters = codec({
  seeds: () => [
    encodeBootParameters([
      { type: 1, value: Buffer.from("https://boot.example/image.efi") },
      { type: 30, value: Uint8Array.of(60, 0) },
      { type: 40, value: new Uint8Array() },
    ]),
  ],
  words: byteWords,
  refusals: ["wire.boot-parameters."],
  read: decodeBootParameters,
  write: encodeBootParameters,
});

export const pskPair: FuzzTarget = {
  seeds: () => ["0000-037M", "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ"].map((one) => Buffer.from(one)),
  words: ["-", " ", "\t", "ß", "0000", "ZZZZ"],
  refusals: ["wire.psk."],
  quick: 1_000,
  open: () => ({
    run(input) {
      const text = Buffer.from(input).toString("utf8");
      const parse = input.length < 15 ? parsePid : parsePps;
      const read = parse(text);
      agree("read again", parse(withDashes(read)), read);
    },
  }),
};

/** What the device writes the client reads; what neither wrote is refused or read, never worse. */
export const auditRecord: FuzzTarget = {
  seeds: () => auditSeeds(),
  words: [...byteWords, "\0\x10\0\0", "127.0.0.1", "\x01\x05\0\0\0\0\0\x05"],
  refusals: ["amt.answer.invalid"],
  quick: 1_000,
  open: () => ({
    run(input) {
      const read = decodeAuditRecord(input);
      JSON.stringify(read);
      const again = writable(read);
      if (again === undefined) return;
      const { extended, ...rest } = decodeAuditRecord(encodeAuditRecord(again));
      const { extended: first, ...wanted } = read;
      agree("read again", [rest, [...extended]], [wanted, [...first]]);
    },
  }),
};

export const eventRecord: FuzzTarget = {
  seeds: () =>
    [5, 6, 15, 18, 192, 193].map((sensorType) =>
      encodeRecord({ sensorType, eventOffset: 1, severity: 8, entity: 34, data: [0x40, 0x30, 1] }, 1_700_000_000),
    ),
  words: byteWords,
  refusals: [],
  quick: 1_000,
  open: () => ({
    run(input) {
      const read = decodeRecord(input);
      JSON.stringify(read);
      if (read === undefined) return agree("length", input.length === 21, false);
      const { sensorType, eventOffset, entity, entityInstance } = read;
      const record = {
        sensorType,
        eventOffset,
        severity: input[9] ?? 0,
        entity,
        entityInstance,
        data: [...input.subarray(13)],
      };
      const again = decodeRecord(encodeRecord(record, read.at.getTime() / 1000));
      agree("read again", { ...again, eventType: read.eventType, sensorNumber: read.sensorNumber }, read);
    },
  }),
};

/** As the device would have had to say it; undefined when it has no such event, or no such way to log in. */
function writable(read: ReturnType<typeof decodeAuditRecord>): AuditRecord | undefined {
  // Keys of the table are its names.
  const names = Object.keys(auditEvents) as AuditEventName[];
  const event = names.find((one) => auditEvents[one][0] === read.applicationId && auditEvents[one][1] === read.eventId);
  const { kind, name } = read.initiator;
  const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);
  if (event === undefined || (kind !== "digest" && kind !== "local") || !isAscii(name + read.address)) return undefined;
  const initiator = kind === "digest" ? { kind, name } : { kind };
  const { address, extended } = read;
  return { event, initiator, atSeconds: read.at.getTime() / 1000, address, extended };
}

function auditSeeds(): readonly Uint8Array[] {
  const common = { atSeconds: 1_700_000_000, address: "192.0.2.1", extended: Uint8Array.of(1, 2, 3) };
  const sid = Buffer.from("010500000000000515000000a065cf7e784b9b5fe77c8770f4010000", "hex");
  return [
    encodeAuditRecord({ ...common, event: "power.up", initiator: { kind: "digest", name: "admin" } }),
    encodeAuditRecord({ ...common, event: "kvm.enabled", initiator: { kind: "kerberos", sid } }),
    encodeAuditRecord({ ...common, event: "audit.cleared", initiator: { kind: "local" }, address: "" }),
  ];
}
