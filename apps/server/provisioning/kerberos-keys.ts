import type { DeviceNames, Sealed } from "../credentials/credentials.ts";

/** Where the directory has the objects of devices, and what it is to know of one. */
export interface DirectoryPlace {
  readonly realm: string;
  readonly organizationalUnit: string;
  /** Days after which a key is replaced. */
  readonly rotateDays: number;
  /** e.g. "HTTP/desk-1.example.com:16993" */
  readonly serviceNames: readonly string[];
}

/** The key of a device's object in the directory. */
export interface KerberosKey {
  readonly key: Sealed<Uint8Array>;
  readonly version: number;
  readonly encryption: "rc4Hmac" | "aes128Sha1" | "aes256Sha1";
}

/** What the directory knows of devices. It is write-ahead, like all of their secrets: a key is stored before a device is told. */
export interface KerberosKeys {
  /** The key that the device's object has; undefined when it has none, lacks a name, or is due for another. Changes nothing. */
  current(device: DeviceNames, place: DirectoryPlace): Promise<KerberosKey | undefined>;
  /** Makes the object or gives it another key. */
  next(device: DeviceNames, place: DirectoryPlace): Promise<KerberosKey>;
}
