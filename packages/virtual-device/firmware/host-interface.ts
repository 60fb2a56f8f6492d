import { bytesFromUuid } from "@vigil/wire/uuid.ts";
import { localUser, type Firmware } from "../firmware.ts";

/** PT_STATUS of the commands. @source protocols A.13, F.2 */
const status = { success: 0, invalidMode: 3, notPermitted: 16, invalidParameter: 36 } as const;

export type HostStatus = (typeof status)[keyof typeof status];

/**
 * What the operating system asks of the firmware over its own bus: the commands of PTHI that a setup needs, without their bytes.
 * @source protocols F.2, F.3
 */
export class HostInterface {
  readonly #firmware: Firmware;

  constructor(firmware: Firmware) {
    this.#firmware = firmware;
  }

  /** 0x67 */
  localSystemAccount(): { readonly username: string; readonly password: string } {
    return { username: localUser, password: this.#firmware.state.localPassword };
  }

  /** 0x5C. @returns 16 bytes in SMBIOS order */
  uuid(): Uint8Array {
    return bytesFromUuid(this.#firmware.uuid);
  }

  /** 0x6B */
  controlMode(): "none" | "client" | "admin" {
    return this.#firmware.mode === "post" ? this.#firmware.state.controlMode : "none";
  }

  /** 0x11 */
  provisioningState(): "pre" | "in" | "post" {
    return this.#firmware.mode;
  }

  /** 0x2F's counterpart 0x2B: how it would be set up from afar. */
  provisioningTlsMode(): "key" | "certificate" {
    return this.#firmware.setupKey === undefined ? "certificate" : "key";
  }

  /** 0x29: the network opens and hellos begin, for a machine whose window had closed. */
  startConfiguration(): HostStatus {
    if (this.#firmware.mode === "post") return status.invalidMode;
    this.#firmware.beginWindow();
    return status.success;
  }

  /** 0x2A. @param password 8 to 32 characters */
  setOneTimePassword(password: string): HostStatus {
    if (this.#firmware.mode === "post") return status.invalidMode;
    if (!/^[\x20-\x7e]{8,32}$/.test(password)) return status.invalidParameter;
    this.#firmware.change((state) => {
      state.oneTimePassword = password;
    });
    return status.success;
  }

  /** 0x10: a device in admin mode does not let its host do that. */
  unprovision(): HostStatus {
    if (this.#firmware.mode === "post" && this.#firmware.state.controlMode === "admin") return status.notPermitted;
    this.#firmware.unprovision();
    return status.success;
  }
}
