import { AMT_KerberosSettingData } from "@vigil/model/amt/AMT_KerberosSettingData.ts";
import type { Instance } from "@vigil/model/define.ts";
import type { Firmware } from "../firmware.ts";
import { storedOf } from "../stored.ts";
import { etypes, isUsable, type KerberosKey } from "./encryption.ts";
import { aesKeyOf, rc4KeyOf } from "./passphrase.ts";

/** What the device needs in order to judge tickets. */
export interface KerberosSettings {
  readonly keys: readonly KerberosKey[];
  readonly toleranceMs: number;
}

/** Most and unset. @source SDK "Get/Set Kerberos Settings" */
export const mostToleranceMinutes = 5;
/** Unset. @source RFC 3962, 4 */
const usualIterations = 4_096;

const etypeOf = { rc4Hmac: etypes.rc4, aes128Sha1: etypes.aes128, aes256Sha1: etypes.aes256 } as const;
type Encryption = keyof typeof etypeOf;

/** What managers stored; undefined while Kerberos is off. Remembered until it changes, since a key of a passphrase takes its time. */
export class StoredKerberos {
  readonly #firmware: Firmware;
  #seen: unknown;
  #settings: KerberosSettings | undefined;

  constructor(firmware: Firmware) {
    this.#firmware = firmware;
  }

  read(): KerberosSettings | undefined {
    const stored = this.#firmware.state.stored[AMT_KerberosSettingData.name];
    if (stored === this.#seen) return this.#settings;
    this.#seen = stored;
    const [value] = storedOf(this.#firmware, AMT_KerberosSettingData);
    this.#settings = value?.KrbEnabled === true ? settingsIn(value) : undefined;
    return this.#settings;
  }
}

function settingsIn(value: Partial<Instance<typeof AMT_KerberosSettingData>>): KerberosSettings {
  const minutes = value.MaximumClockTolerance ?? mostToleranceMinutes;
  return { keys: keysIn(value).filter(isUsable), toleranceMs: minutes * 60_000 };
}

function keysIn(value: Partial<Instance<typeof AMT_KerberosSettingData>>): readonly KerberosKey[] {
  const { MasterKey, Passphrase, Salt = "", IterationCount = usualIterations } = value;
  const encryption = encryptionIn(value.EncryptionAlgorithm) ?? "rc4Hmac";
  if (MasterKey !== undefined) return [{ etype: etypeOf[encryption], bytes: MasterKey }];
  if (Passphrase === undefined) return [];
  const named = (value.ConfiguredEncryptionAlgorithms ?? []).flatMap((one) => encryptionIn(one) ?? []);
  return (named.length === 0 ? [encryption] : named).map((one) => {
    if (one === "rc4Hmac") return { etype: etypes.rc4, bytes: rc4KeyOf(Passphrase) };
    const bytes = aesKeyOf(Passphrase, Salt, IterationCount, one === "aes128Sha1" ? 16 : 32);
    return { etype: etypeOf[one], bytes };
  });
}

/** A number stands for an encryption that the model does not know. */
function encryptionIn(value: string | number | undefined): Encryption | undefined {
  return value === "rc4Hmac" || value === "aes128Sha1" || value === "aes256Sha1" ? value : undefined;
}
