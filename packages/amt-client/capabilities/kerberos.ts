import { AMT_KerberosSettingData } from "@vigil/model/amt/AMT_KerberosSettingData.ts";
import type { Changes } from "@vigil/model/define.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";
import { refusalOf } from "../status.ts";

/** How Kerberos users log in to the device. */
export interface KerberosState {
  readonly isOn: boolean;
  /** Empty when unset. */
  readonly realm: string;
  readonly serviceNames: readonly string[];
  readonly keyVersion: number;
  readonly toleranceMinutes: number;
}

export interface KerberosSettings {
  readonly realm: string;
  /** e.g. "HTTP/desk-1.example.test:16993" */
  readonly serviceNames: readonly string[];
  /** The device's long-term key: 16 or 32 bytes, after the encryption. */
  readonly key: Uint8Array;
  readonly keyVersion: number;
  readonly encryption: "rc4Hmac" | "aes128Sha1" | "aes256Sha1";
  /** Clocks may be this far apart; firmware's own limit is 5 minutes. */
  readonly toleranceMinutes?: number;
}

/** Logins by Kerberos ticket. @source protocols B.11 */
export class Kerberos {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  async read(options: CallOptions = {}): Promise<KerberosState> {
    const settings = await this.#wsman.get(AMT_KerberosSettingData, undefined, options);
    return {
      isOn: settings.KrbEnabled ?? false,
      realm: settings.RealmName ?? "",
      serviceNames: settings.ServicePrincipalName ?? [],
      keyVersion: settings.KeyVersion ?? 0,
      toleranceMinutes: settings.MaximumClockTolerance ?? 0,
    };
  }

  /** @throws amt.kerberos.refused (device) */
  async configure(to: KerberosSettings, options: CallOptions = {}): Promise<void> {
    const changes = {
      KrbEnabled: true,
      RealmName: to.realm,
      ServicePrincipalName: to.serviceNames,
      ServicePrincipalProtocol: to.serviceNames.map((name) => (name.endsWith(":16992") ? "http" : "https")),
      KeyVersion: to.keyVersion,
      EncryptionAlgorithm: to.encryption,
      MasterKey: to.key,
      MaximumClockTolerance: to.toleranceMinutes ?? 5,
    } as const;
    await this.#put(changes, options);
  }

  /** @throws amt.kerberos.refused (device) */
  async switchOff(options: CallOptions = {}): Promise<void> {
    await this.#put({ KrbEnabled: false }, options);
  }

  async #put(changes: Changes<typeof AMT_KerberosSettingData>, options: CallOptions): Promise<void> {
    try {
      await this.#wsman.put(AMT_KerberosSettingData, changes, undefined, options);
    } catch (cause) {
      throw refusalOf("amt.kerberos.refused", cause);
    }
  }
}
