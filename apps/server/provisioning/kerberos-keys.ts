import type { DeviceNames } from "../credentials/credentials.ts";
import type { DirectoryPlace, KerberosKey, KeyOptions } from "../directories/directories.ts";

/** What the directory knows of devices. It is write-ahead, like all of their secrets: a key is stored before a device is told. */
export interface KerberosKeys {
  /** Whether there is a directory of that realm. */
  knows(realm: string): Promise<boolean>;
  /** The key that the device's object has; undefined when it has none, lacks a name, or is due for another. Changes nothing. */
  current(device: DeviceNames, place: DirectoryPlace, options?: KeyOptions): Promise<KerberosKey | undefined>;
  /** Devices whose object's password is from before, the oldest first. */
  passwordsSetBefore(realm: string, at: Date): Promise<string[]>;
  /** Makes the object, or gives it the names that it lacks; and another key, unless the one that it has is good. */
  next(device: DeviceNames, place: DirectoryPlace, options?: KeyOptions): Promise<KerberosKey>;
}
