import { AMT_AuthorizationService } from "@vigil/model/amt/AMT_AuthorizationService.ts";
import { AMT_GeneralSettings } from "@vigil/model/amt/AMT_GeneralSettings.ts";
import { ha1 } from "@vigil/wire/digest.ts";
import { fail } from "../errors.ts";
import { refusal } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

/** The one account that every device has. */
export const adminUser = "admin";

/** Who may log in to the device. */
export class Accounts {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  /**
   * Gives the admin a new password. The device is told only its digest with the device's realm. A connection that is logged
   * in as the admin goes on with the new password.
   * @throws amt.account.refused (device); after amt.outcome.unknown either password may be the right one
   */
  async setAdminPassword(password: string, options: CallOptions = {}): Promise<void> {
    const { DigestRealm: realm } = await this.#wsman.get(AMT_GeneralSettings, undefined, options);
    const { connection } = this.#wsman;
    if (realm === undefined || realm === "") {
      throw fail("amt.answer.invalid", { details: { ...connection.details, reason: "no DigestRealm" } });
    }
    // The 16 bytes as base64, where host-based setup wants 32 hexadecimal digits. @source protocols B.1 "HA1 forms"
    const digest = new Uint8Array(Buffer.from(ha1(adminUser, realm, password), "hex"));
    const method = "SetAdminAclEntryEx";
    const input = { Username: adminUser, DigestPassword: digest };
    const { ReturnValue } = await this.#wsman.invoke(AMT_AuthorizationService, method, input, options);
    if (ReturnValue !== 0) {
      const { details } = connection;
      throw refusal("amt.account.refused", { family: "amt", method, returnValue: ReturnValue, details });
    }
    if (connection.username === adminUser) connection.setPassword(password);
  }
}
