import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId, Moment } from "./common.ts";
import { DeviceAccounts } from "./device-accounts.ts";
import { DeviceCertificates } from "./device-certificates.ts";
import { DeviceNetwork } from "./device-network.ts";

/** "event": what happened to the machine; "audit": who changed its security settings. Both are the firmware's own. */
export const deviceLogs = ["event", "audit"] as const;
export type DeviceLog = (typeof deviceLogs)[number];

/** One line of a device's log. */
export const LogEntry = Type.Object({
  /** 1 is the newest of this reading. */
  number: Type.Integer(),
  at: Moment,
  /** In the event log: "information", "critical" … */
  severity: Type.Union([Type.String(), Type.Null()]),
  /** What noted it: a sensor, or the part of the firmware that was used. */
  source: Type.String(),
  text: Type.String(),
  /** In the audit log: as whom. */
  who: Type.Union([Type.String(), Type.Null()]),
  /** In the audit log: from which address; null when the firmware noted none. */
  from: Type.Union([Type.String(), Type.Null()]),
  /** What else the firmware noted with it, bytes in hex. */
  data: Type.String(),
});
export type LogEntry = Static<typeof LogEntry>;

/** How the log itself stands. What the firmware does not say is null. */
export const LogState = Type.Object({
  records: Type.Integer(),
  /** Records that fit. */
  capacity: Type.Union([Type.Integer(), Type.Null()]),
  percentFree: Type.Union([Type.Integer(), Type.Null()]),
  /** False: nothing is recorded. */
  isOn: Type.Boolean(),
});
export type LogState = Static<typeof LogState>;

const Text = Type.String();
const Named = { manufacturer: Text, model: Text, serialNumber: Text };

/** What the machine is made of. Texts that the firmware does not know are empty, numbers 0, lists too. */
export const Hardware = Type.Object({
  uuid: Text,
  ...Named,
  product: Text,
  board: Type.Object({ ...Named, version: Text }),
  bios: Type.Object({ manufacturer: Text, version: Text, releasedAt: Text }),
  processors: Type.Array(Type.Object({ id: Text, name: Text, maxMegahertz: Type.Number() })),
  memory: Type.Array(
    Type.Object({
      slot: Text,
      bytes: Type.Number(),
      manufacturer: Text,
      partNumber: Text,
      serialNumber: Text,
      megahertz: Type.Number(),
    }),
  ),
  disks: Type.Array(Type.Object({ id: Text, bytes: Type.Number() })),
  /** Part of the firmware -> its version. */
  firmware: Type.Record(Type.String(), Text),
  fans: Type.Array(Type.Object({ id: Text, isActive: Type.Boolean() })),
  sensors: Type.Array(Type.Object({ id: Text, state: Text })),
  powerSupplies: Type.Array(Type.Object({ id: Text, milliwatts: Type.Number() })),
  batteries: Type.Array(
    Type.Object({
      id: Text,
      designMilliwattHours: Type.Number(),
      fullMilliwattHours: Type.Number(),
      designMillivolts: Type.Number(),
      percentLeft: Type.Number(),
    }),
  ),
  pciDevices: Type.Array(
    Type.Object({
      location: Type.Integer(),
      vendorId: Type.Integer(),
      deviceId: Type.Integer(),
      classCode: Type.Integer(),
      subclass: Type.Integer(),
      revision: Type.Integer(),
    }),
  ),
});
export type Hardware = Static<typeof Hardware>;

const ReadAt = Type.Union([Moment, Type.Null()]);
const ofDevice = Type.Object({ id: DeviceId });
const ofLog = Type.Object({ id: DeviceId, log: Type.Enum(deviceLogs) });
/** An audit log of thousands of records takes a hundred requests and more. Chosen. */
const readLimitMs = 180_000;

/** What was last read from a device, from the store at once; and reading it anew, which takes as long as the device takes. */
export const readings = {
  log: route({
    method: "GET",
    path: "/devices/{id}/logs/{log}",
    summary: "A device's own log as it was last read, newest first",
    permission: "device.read",
    params: ofLog,
    query: Type.Object({
      search: Type.Optional(Type.String({ maxLength: 200 })),
      severity: Type.Optional(Type.String({ maxLength: 40 })),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 })),
    }),
    reply: Type.Object({
      /** Null: it has never been read. */
      readAt: ReadAt,
      state: Type.Union([LogState, Type.Null()]),
      /** Entries that match. */
      total: Type.Integer(),
      items: Type.Array(LogEntry),
    }),
  }),
  readLog: route({
    method: "POST",
    path: "/devices/{id}/logs/{log}/read",
    summary: "Reads the device's own log now, and keeps it",
    permission: "device.read",
    params: ofLog,
    reply: Type.Object({ readAt: Moment, total: Type.Integer() }),
    limitMs: readLimitMs,
  }),
  hardware: route({
    method: "GET",
    path: "/devices/{id}/hardware",
    summary: "What the machine is made of, as it was last read",
    permission: "device.read",
    params: ofDevice,
    reply: Type.Object({ readAt: ReadAt, hardware: Type.Union([Hardware, Type.Null()]) }),
  }),
  readHardware: route({
    method: "POST",
    path: "/devices/{id}/hardware/read",
    summary: "Asks the device now what the machine is made of, and keeps it",
    permission: "device.read",
    params: ofDevice,
    reply: Type.Object({ readAt: Moment, hardware: Hardware }),
    limitMs: readLimitMs,
  }),
  network: route({
    method: "GET",
    path: "/devices/{id}/network",
    summary: "How a device is on the network, as it was last read",
    permission: "device.read",
    params: ofDevice,
    reply: Type.Object({ readAt: ReadAt, network: Type.Union([DeviceNetwork, Type.Null()]) }),
  }),
  readNetwork: route({
    method: "POST",
    path: "/devices/{id}/network/read",
    summary: "Asks the device now how it is on the network, and keeps it",
    permission: "device.read",
    params: ofDevice,
    reply: Type.Object({ readAt: Moment, network: DeviceNetwork }),
    limitMs: readLimitMs,
  }),
  accounts: route({
    method: "GET",
    path: "/devices/{id}/accounts",
    summary: "Who may log in to a device, as it was last read, and whose each account is",
    permission: "device.read",
    params: ofDevice,
    reply: Type.Object({ readAt: ReadAt, accounts: Type.Union([DeviceAccounts, Type.Null()]) }),
  }),
  readAccounts: route({
    method: "POST",
    path: "/devices/{id}/accounts/read",
    summary: "Asks the device now who may log in, and keeps it",
    permission: "device.read",
    params: ofDevice,
    reply: Type.Object({ readAt: Moment, accounts: DeviceAccounts }),
    limitMs: readLimitMs,
  }),
  removeAccount: route({
    method: "POST",
    path: "/devices/{id}/accounts/{handle}/remove",
    summary: "Takes a foreign account from a device; the device's profile and its firmware keep theirs",
    permission: "provisioning.run",
    params: Type.Object({ id: DeviceId, handle: Type.String({ pattern: "^[0-9]{1,9}$" }) }),
    body: Type.Object(
      {
        /** As it was read: what has that number on the device must still be it. */
        name: Type.String({ maxLength: 200 }),
        reason: Type.String({ minLength: 3, maxLength: 500 }),
      },
      { additionalProperties: false },
    ),
    reply: Type.Object({ readAt: Moment, accounts: DeviceAccounts }),
  }),
  certificates: route({
    method: "GET",
    path: "/devices/{id}/held-certificates",
    summary: "Keys and certificates that a device holds, as they were last read, and what Vigil knows of them",
    permission: "device.read",
    params: ofDevice,
    reply: Type.Object({ readAt: ReadAt, certificates: Type.Union([DeviceCertificates, Type.Null()]) }),
  }),
  readCertificates: route({
    method: "POST",
    path: "/devices/{id}/held-certificates/read",
    summary: "Asks the device now for its keys and certificates, and keeps what is public of them",
    permission: "device.read",
    params: ofDevice,
    reply: Type.Object({ readAt: Moment, certificates: DeviceCertificates }),
    limitMs: readLimitMs,
  }),
};
