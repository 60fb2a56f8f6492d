import { AMT_AuthorizationService } from "@vigil/model/amt/AMT_AuthorizationService.ts";
import { AMT_GeneralSettings } from "@vigil/model/amt/AMT_GeneralSettings.ts";
import type { Input, Output } from "@vigil/model/define.ts";
import type { accessPermissions, realms } from "@vigil/model/value-maps.ts";
import { ha1 } from "@vigil/wire/digest.ts";
import { fail } from "../errors.ts";
import { sidFromText, textFromSid } from "../sid.ts";
import { refusal } from "../status.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

/** The one account that every device has. */
export const adminUser = "admin";

/** One field of what an account may do. */
export type Realm = Exclude<keyof typeof realms, "invalid">;
/** From where an account logs in: the machine's own system, the network, or both. */
export type AccountOrigin = keyof typeof accessPermissions;

/** The least that a duty needs. The administration realm stands in none but the last: it is all the others. */
export const realmPresets = {
  /** Reads what the machine is and what happened to it. */
  reader: ["generalInfo", "hardwareAsset", "eventLogReader"],
  /** Power and boot. */
  power: ["generalInfo", "remoteControl"],
  /** Screen, disk and serial line, and the power commands that go with them. */
  helpdesk: ["generalInfo", "remoteControl", "redirection"],
  /** Subscribes to events. */
  events: ["eventManager", "eventLogReader"],
  /** System Defense and agent presence. */
  defense: ["circuitBreaker", "agentPresenceRemote"],
  /** An agent that says it is alive. */
  agent: ["agentPresenceLocal"],
  /** The audit log. As long as such an account is there, the admin itself cannot touch the log. @source protocols B.11 */
  auditor: ["auditLog"],
  administrator: ["administration"],
} as const satisfies Readonly<Record<string, readonly Realm[]>>;

/** What an account may do, and from where. */
export interface AccountRights {
  readonly realms: readonly Realm[];
  readonly from: AccountOrigin;
}

/** An account beside the admin, which is never listed. */
export interface Account {
  /** The firmware's number for it. */
  readonly handle: number;
  /** A name with a password, or a user or group of Active Directory. */
  readonly kind: "digest" | "kerberos";
  /** The name, or the security identifier, S-1-5-…. */
  readonly name: string;
  /** A number for a realm that we do not know. */
  readonly realms: readonly (Realm | number)[];
  readonly from: AccountOrigin | number;
  readonly isEnabled: boolean;
  /** True for those that the firmware brought along. */
  readonly isFirmwares: boolean;
}

type Service = typeof AMT_AuthorizationService;
type Shown = Output<Service, "GetUserAclEntryEx">;

/** What the firmware answers when there is no such entry, and so no entry at all. @source protocols A.13 */
const invalidIndex = 35;
/** More than firmware holds of both kinds together; a device that never ends is left alone then. Chosen. */
const mostAccounts = 64;

/** Who may log in to the device. @source protocols B.11 */
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
    const { connection } = this.#wsman;
    const method = "SetAdminAclEntryEx";
    const input = { Username: adminUser, DigestPassword: await this.#digestOf(adminUser, password, options) };
    const { ReturnValue } = await this.#wsman.invoke(AMT_AuthorizationService, method, input, options);
    this.#check(method, ReturnValue);
    if (connection.username === adminUser) connection.setPassword(password);
  }

  /** The admin's name, and whether its password is still the factory's. @throws amt.account.refused (device) */
  async admin(options: CallOptions = {}): Promise<{ readonly name: string; readonly hasFactoryPassword: boolean }> {
    const read = { ...options, effect: "read" } as const;
    const named = await this.#wsman.invoke(AMT_AuthorizationService, "GetAdminAclEntry", {}, read);
    this.#check("GetAdminAclEntry", named.ReturnValue);
    const status = await this.#wsman.invoke(AMT_AuthorizationService, "GetAdminAclEntryStatus", {}, read);
    this.#check("GetAdminAclEntryStatus", status.ReturnValue);
    return { name: named.Username ?? adminUser, hasFactoryPassword: status.IsDefault ?? false };
  }

  /** All accounts but the admin, by handle; two requests for each. @throws amt.account.refused (device) */
  async list(options: CallOptions = {}): Promise<Account[]> {
    const handles: number[] = [];
    const method = "EnumerateUserAclEntries";
    while (handles.length < mostAccounts) {
      const input = { StartIndex: handles.length + 1 };
      const page = await this.#wsman.invoke(AMT_AuthorizationService, method, input, { ...options, effect: "read" });
      if (page.ReturnValue === invalidIndex) break;
      this.#check(method, page.ReturnValue);
      const given = page.Handles ?? [];
      handles.push(...given);
      if (given.length === 0 || handles.length >= (page.TotalCount ?? 0)) break;
    }
    const accounts: Account[] = [];
    for (const handle of handles) accounts.push(await this.read(handle, options));
    return accounts;
  }

  /** @throws amt.account.refused (device) */
  async read(handle: number, options: CallOptions = {}): Promise<Account> {
    const read = { ...options, effect: "read" } as const;
    const input = { Handle: handle };
    const shown = await this.#wsman.invoke(AMT_AuthorizationService, "GetUserAclEntryEx", input, read);
    this.#check("GetUserAclEntryEx", shown.ReturnValue);
    const state = await this.#wsman.invoke(AMT_AuthorizationService, "GetAclEnabledState", input, read);
    this.#check("GetAclEnabledState", state.ReturnValue);
    return accountOf(handle, shown, state.Enabled ?? false);
  }

  /** Adds an account with a name and a password. @returns its handle @throws amt.account.refused (device); so do all below */
  async addDigest(
    account: AccountRights & { readonly name: string; readonly password: string },
    options: CallOptions = {},
  ): Promise<number> {
    const { name, password } = account;
    const DigestPassword = await this.#digestOf(name, password, options);
    return this.#add({ DigestUsername: name, DigestPassword, ...rightsOf(account) }, options);
  }

  /** Lets a user or a group of Active Directory in. @param account.sid S-1-5-… @returns its handle @throws amt.argument.invalid (caller) */
  async addKerberos(account: AccountRights & { readonly sid: string }, options: CallOptions = {}): Promise<number> {
    return this.#add({ KerberosUserSid: sidFromText(account.sid), ...rightsOf(account) }, options);
  }

  /**
   * Changes what is given; what is left out stays. A new name needs its password: the firmware keeps a digest of both.
   * @throws amt.account.refused (device)
   */
  async update(
    handle: number,
    changes: Partial<AccountRights> & { readonly name?: string; readonly password?: string },
    options: CallOptions = {},
  ): Promise<void> {
    const now = await this.read(handle, options);
    const { name = now.name, password } = changes;
    // All fields are sent again: some releases take what is missing for unset. @source protocols B.11
    const who =
      now.kind === "kerberos"
        ? { KerberosUserSid: sidFromText(now.name) }
        : {
            DigestUsername: name,
            ...(password === undefined ? {} : { DigestPassword: await this.#digestOf(name, password, options) }),
          };
    const input = {
      Handle: handle,
      ...who,
      AccessPermission: changes.from ?? now.from,
      Realms: changes.realms ?? now.realms,
    };
    await this.#change("UpdateUserAclEntryEx", input, options);
  }

  /** Lets an account log in, or not. */
  async switch(handle: number, isEnabled: boolean, options: CallOptions = {}): Promise<void> {
    await this.#change("SetAclEnabledState", { Handle: handle, Enabled: isEnabled }, options);
  }

  async remove(handle: number, options: CallOptions = {}): Promise<void> {
    await this.#change("RemoveUserAclEntry", { Handle: handle }, options);
  }

  async #add(input: Input<Service, "AddUserAclEntryEx">, options: CallOptions): Promise<number> {
    const { Handle, ReturnValue } = await this.#wsman.invoke(
      AMT_AuthorizationService,
      "AddUserAclEntryEx",
      input,
      options,
    );
    this.#check("AddUserAclEntryEx", ReturnValue);
    return Handle ?? 0;
  }

  async #change<N extends "UpdateUserAclEntryEx" | "RemoveUserAclEntry" | "SetAclEnabledState">(
    method: N,
    input: Input<Service, N>,
    options: CallOptions,
  ): Promise<void> {
    const { ReturnValue } = await this.#wsman.invoke(AMT_AuthorizationService, method, input, options);
    this.#check(method, ReturnValue);
  }

  /** The 16 bytes as base64, where host-based setup wants 32 hexadecimal digits. @source protocols B.1 "HA1 forms" */
  async #digestOf(name: string, password: string, options: CallOptions): Promise<Uint8Array> {
    const { DigestRealm: realm } = await this.#wsman.get(AMT_GeneralSettings, undefined, options);
    if (realm === undefined || realm === "") {
      const { details } = this.#wsman.connection;
      throw fail("amt.answer.invalid", { details: { ...details, reason: "no DigestRealm" } });
    }
    return new Uint8Array(Buffer.from(ha1(name, realm, password), "hex"));
  }

  #check(method: string, returnValue: number): void {
    if (returnValue === 0) return;
    const { details } = this.#wsman.connection;
    throw refusal("amt.account.refused", { family: "amt", method, returnValue, details });
  }
}

function rightsOf({ realms: wanted, from }: AccountRights) {
  return { AccessPermission: from, Realms: wanted };
}

function accountOf(handle: number, shown: Shown, isEnabled: boolean): Account {
  const { DigestUsername: username = "", KerberosUserSid: sid } = shown;
  const isKerberos = sid !== undefined && sid.length > 0;
  return {
    handle,
    kind: isKerberos ? "kerberos" : "digest",
    name: isKerberos ? textFromSid(sid) : username,
    // Realm 0 says that there is none.
    realms: (shown.Realms ?? []).filter((one) => one !== "invalid"),
    from: shown.AccessPermission ?? "local",
    isEnabled,
    isFirmwares: username.startsWith("$$"),
  };
}
