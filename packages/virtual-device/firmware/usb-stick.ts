import { ha1 } from "@vigil/wire/digest.ts";
import { consumeRecord, decodeSetupFile, encodeSetupFile } from "@vigil/wire/setup-bin.ts";
import { namedVariable } from "@vigil/wire/setup-variables.ts";
import type { Firmware } from "../firmware.ts";

/** A stick with a setup.bin: plugged in at boot, it sets up what its next record says. */
export class UsbStick {
  #bytes: Uint8Array;

  /** @param bytes of setup.bin */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** setup.bin as it is now. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /**
   * The machine boots with the stick in: only a factory device looks at it, and only when the record knows its menu's password.
   * What else a record says than passwords, key and names is left alone.
   * @returns whether a record was taken
   */
  boot(firmware: Firmware): boolean {
    if (firmware.mode === "post") return false;
    const taken = consumeRecord(decodeSetupFile(this.#bytes));
    if (taken === undefined) return false;
    const values = new Map(taken.record.variables.map(namedVariable).map(({ name, value }) => [name, String(value)]));
    if (values.get("currentMebxPassword") !== firmware.state.mebxPassword) return false;
    apply(firmware, values);
    this.#bytes = encodeSetupFile(taken.left);
    return true;
  }
}

function apply(firmware: Firmware, values: ReadonlyMap<string, string>): void {
  firmware.change((state) => {
    const password = values.get("newMebxPassword");
    if (password !== undefined) {
      state.mebxPassword = password;
      state.isMebxPasswordSet = true;
      // The menu's password is the admin's until a manager sets another. @source protocols C.6
      state.adminHa1 = ha1(state.adminName, state.digestRealm, password);
    }
    const [pid, pps] = [values.get("pid"), values.get("pps")];
    if (pid !== undefined && pps !== undefined) state.psk = { pid, pps };
    state.hostName = values.get("hostName") ?? state.hostName;
    state.domainName = values.get("domainName") ?? state.domainName;
  });
}
