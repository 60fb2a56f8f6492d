import type { ColumnType, Selectable } from "kysely";
import type { ErrorReport } from "@vigil/base/errors.ts";
import type { DeviceRecord, HelloNote, IsolationNote, RetiredBecause, StoredCertificate } from "./device.ts";

/** jsonb: read as what it holds, written as text. */
type Json<T> = ColumnType<T | null, string | null | undefined, string | null>;

/** The registry's table, but for what the database works out itself for filters and sorting. */
export interface DeviceTable {
  readonly uuid: string;
  address: string;
  host_name: string | null;
  state: DeviceRecord["state"];
  step: string | null;
  error: Json<ErrorReport>;
  release: string | null;
  model: string | null;
  manufacturer: string | null;
  serial_number: string | null;
  mac_address: string | null;
  bios_version: string | null;
  control_mode: ColumnType<
    DeviceRecord["controlMode"],
    DeviceRecord["controlMode"] | undefined,
    DeviceRecord["controlMode"]
  >;
  profile: string | null;
  profile_version: number | null;
  channel: ColumnType<DeviceRecord["channel"], DeviceRecord["channel"] | undefined, DeviceRecord["channel"]>;
  setup_method: DeviceRecord["setupMethod"];
  profile_applied_at: Date | null;
  maintained_at: Date | null;
  certificate: Json<StoredCertificate>;
  hello: Json<HelloNote>;
  root_set: string | null;
  dns_suffix: string | null;
  dns_suffix_at: Date | null;
  isolation: Json<IsolationNote>;
  tags: ColumnType<string[], string[] | undefined, string[]>;
  power: ColumnType<DeviceRecord["power"], DeviceRecord["power"] | undefined, DeviceRecord["power"]>;
  power_at: Date | null;
  is_reachable: ColumnType<boolean, boolean | undefined, boolean>;
  readonly first_seen_at: Date;
  last_seen_at: Date;
  provisioned_at: Date | null;
  inventory_at: Date | null;
  life_since: Date | null;
  retired_because: RetiredBecause | null;
  secrets_until: Date | null;
}

/** What a record is made of: what the database works out for itself is not sent along with each row. */
export const recordColumns = [
  "uuid",
  "address",
  "host_name",
  "state",
  "step",
  "error",
  "release",
  "model",
  "manufacturer",
  "serial_number",
  "mac_address",
  "bios_version",
  "control_mode",
  "profile",
  "profile_version",
  "channel",
  "setup_method",
  "profile_applied_at",
  "maintained_at",
  "certificate",
  "hello",
  "root_set",
  "dns_suffix",
  "dns_suffix_at",
  "isolation",
  "tags",
  "power",
  "power_at",
  "is_reachable",
  "first_seen_at",
  "last_seen_at",
  "provisioned_at",
  "inventory_at",
  "life_since",
  "retired_because",
  "secrets_until",
] as const satisfies readonly (keyof DeviceTable)[];

export function recordOf(row: Selectable<DeviceTable>): DeviceRecord {
  return {
    uuid: row.uuid,
    address: row.address,
    hostName: row.host_name,
    state: row.state,
    step: row.step,
    error: row.error,
    release: row.release,
    model: row.model,
    manufacturer: row.manufacturer,
    serialNumber: row.serial_number,
    macAddress: row.mac_address,
    biosVersion: row.bios_version,
    controlMode: row.control_mode,
    profile: row.profile,
    profileVersion: row.profile_version,
    channel: row.channel,
    setupMethod: row.setup_method,
    profileAppliedAt: row.profile_applied_at,
    maintainedAt: row.maintained_at,
    certificate: row.certificate,
    hello: row.hello,
    rootSet: row.root_set,
    dnsSuffix:
      row.dns_suffix === null || row.dns_suffix_at === null ? null : { suffix: row.dns_suffix, at: row.dns_suffix_at },
    isolation: row.isolation,
    tags: row.tags,
    power: row.power,
    powerAt: row.power_at,
    isReachable: row.is_reachable,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    provisionedAt: row.provisioned_at,
    inventoryAt: row.inventory_at,
    lifeSince: row.life_since,
    retired: row.retired_because === null ? null : { because: row.retired_because, secretsUntil: row.secrets_until },
  };
}
