import { AMT_AuthorizationService } from "@vigil/model/amt/AMT_AuthorizationService.ts";
import { numberOf } from "@vigil/model/codecs.ts";
import { accessPermissions, realms as realmNumbers } from "@vigil/model/value-maps.ts";
import { implement, realms, returns, type Behavior } from "../behavior.ts";
import type { Firmware } from "../firmware.ts";
import type { UserEntry } from "../firmware/state.ts";
import { freeNumber } from "../stored.ts";

/** PT_STATUS. @source protocols A.13 */
const invalidName = 12;
const limitReached = 23;
const invalidIndex = 35;
const invalidParameter = 36;
const invalidHandle = 2053;
const invalidPassword = 2054;
const invalidRealm = 2055;
const duplicate = 2058;
/** Each kind has a table of its own. UNVERIFIED: the setup tool of Intel's time allowed 7 and 32. */
const most = { digest: 15, kerberos: 32 } as const;

/** The user-notification account that firmware brings along. @source protocols B.11 */
const firmwareUser: UserEntry = { handle: 1, name: "$$uns", ha1: "", access: 0, realms: [16], isEnabled: true };

/** Users and the admin. @source protocols B.11 */
export const accounts: readonly Behavior[] = [
  implement(AMT_AuthorizationService)({
    realm: realms.administration,
    readingMethods: [
      "EnumerateUserAclEntries",
      "GetUserAclEntryEx",
      "GetAdminAclEntry",
      "GetAdminAclEntryStatus",
      "GetAdminNetAclEntryStatus",
      "GetAclEnabledState",
    ],
    list: () => [
      {
        AllowHttpQopAuthOnly: 1,
        CreationClassName: "AMT_AuthorizationService",
        ElementName: "Intel(r) AMT Authorization Service",
        EnabledState: 5,
        Name: "Intel(r) AMT Authorization Service",
        RequestedState: 12,
        SystemCreationClassName: "CIM_ComputerSystem",
        SystemName: "Intel(r) AMT",
      },
    ],
    methods: {
      SetAdminAclEntryEx({ firmware }, { Username, DigestPassword }) {
        const ha1 = ha1Of(DigestPassword);
        if (ha1 === undefined) return returns(invalidPassword);
        if (!isName(Username)) return returns(invalidName);
        if (firmware.state.users.some((one) => one.name === Username)) return returns(duplicate);
        firmware.change((state) => {
          state.adminName = Username;
          state.adminHa1 = ha1;
        });
        firmware.audit("security.userChanged", Uint8Array.of(0, ...auditNameOf({ name: Username, ha1 })));
        return returns(0);
      },
      GetAdminAclEntry: ({ firmware }) => ({ Username: firmware.state.adminName, ReturnValue: 0 }),
      GetAdminAclEntryStatus: ({ firmware }) => ({ IsDefault: firmware.state.adminHa1 === null, ReturnValue: 0 }),
      GetAdminNetAclEntryStatus: ({ firmware }) => ({ IsDefault: firmware.state.adminHa1 === null, ReturnValue: 0 }),
      AddUserAclEntryEx({ firmware }, input) {
        const { AccessPermission, Realms = [] } = input;
        const who = whoIs(firmware, input);
        if (typeof who === "number") return returns(who);
        const wanted = Realms.map((one) => numberOf(realmNumbers, one));
        if (!areRealms(wanted)) return returns(invalidRealm);
        if (typeof AccessPermission === "number") return returns(invalidParameter);
        const isKerberos = who.sid !== undefined;
        const { users } = firmware.state;
        const sameKind = users.filter((one) => (one.sid !== undefined) === isKerberos);
        if (sameKind.length >= (isKerberos ? most.kerberos : most.digest)) return returns(limitReached);
        // Handles are small numbers and used again; the first is the firmware's own account's.
        const handle = freeNumber(firmwareUser.handle + 1, (one) => users.some((user) => user.handle === one));
        firmware.change((state) => {
          const entry = {
            handle,
            ...who,
            access: numberOf(accessPermissions, AccessPermission),
            realms: wanted,
            isEnabled: true,
          };
          state.users.push(entry);
        });
        firmware.audit("security.userAdded", auditNameOf(who));
        return { Handle: handle, ReturnValue: 0 };
      },
      EnumerateUserAclEntries({ firmware }, { StartIndex }) {
        const handles = usersOf(firmware).map((one) => one.handle);
        if (StartIndex < 1 || StartIndex > handles.length) return returns(invalidIndex);
        const shown = handles.slice(StartIndex - 1);
        return { TotalCount: handles.length, HandlesCount: shown.length, Handles: shown, ReturnValue: 0 };
      },
      GetUserAclEntryEx({ firmware }, { Handle }) {
        const user = usersOf(firmware).find((one) => one.handle === Handle);
        if (user === undefined) return returns(invalidHandle);
        const who =
          user.sid === undefined ? { DigestUsername: user.name } : { KerberosUserSid: Buffer.from(user.sid, "base64") };
        return { ...who, AccessPermission: user.access, Realms: user.realms, ReturnValue: 0 };
      },
      UpdateUserAclEntryEx({ firmware }, input) {
        const { Handle, AccessPermission, Realms } = input;
        const present = firmware.state.users.find((one) => one.handle === Handle);
        if (present === undefined) return returns(invalidHandle);
        const who = whoIs(firmware, input, present);
        if (typeof who === "number") return returns(who);
        const wanted = Realms?.map((one) => numberOf(realmNumbers, one)) ?? present.realms;
        if (!areRealms(wanted)) return returns(invalidRealm);
        if (typeof AccessPermission === "number") return returns(invalidParameter);
        firmware.change((state) => {
          const user = state.users.find((one) => one.handle === Handle);
          if (user !== undefined)
            Object.assign(user, who, { access: numberOf(accessPermissions, AccessPermission), realms: wanted });
        });
        firmware.audit("security.userChanged", Uint8Array.of(0, ...auditNameOf(present)));
        return returns(0);
      },
      RemoveUserAclEntry({ firmware }, { Handle }) {
        const gone = firmware.state.users.find((one) => one.handle === Handle);
        if (gone === undefined) return returns(invalidHandle);
        firmware.change((state) => {
          state.users = state.users.filter((one) => one.handle !== Handle);
        });
        firmware.audit("security.userRemoved", auditNameOf(gone));
        return returns(0);
      },
      GetAclEnabledState({ firmware }, { Handle }) {
        const user = usersOf(firmware).find((one) => one.handle === Handle);
        return user === undefined ? returns(invalidHandle) : { Enabled: user.isEnabled, ReturnValue: 0 };
      },
      SetAclEnabledState({ firmware }, { Handle, Enabled }) {
        if (!firmware.state.users.some((one) => one.handle === Handle)) return returns(invalidHandle);
        firmware.change((state) => {
          const user = state.users.find((one) => one.handle === Handle);
          if (user !== undefined) user.isEnabled = Enabled;
        });
        firmware.audit("security.userSwitched", Uint8Array.of(Enabled ? 1 : 0));
        return returns(0);
      },
    },
  }),
];

interface Who {
  readonly name: string;
  readonly ha1: string;
  readonly sid?: string;
}

/** A user by name and password, or by Kerberos identifier. @returns the PT_STATUS that refuses it */
function whoIs(
  firmware: Firmware,
  sent: {
    readonly DigestUsername?: string | undefined;
    readonly DigestPassword?: Uint8Array | undefined;
    readonly KerberosUserSid?: Uint8Array | undefined;
  },
  present?: UserEntry,
): Who | number {
  const { DigestUsername = present?.name, DigestPassword, KerberosUserSid } = sent;
  // What an update leaves out stays. @source SDK "Update a User ACL Entry"
  if (present?.sid !== undefined && KerberosUserSid === undefined && sent.DigestUsername === undefined) {
    return { name: "", ha1: "", sid: present.sid };
  }
  if (KerberosUserSid !== undefined) {
    // Up to 28 bytes, multiples of 4. @source protocols B.11
    const { length } = KerberosUserSid;
    if (sent.DigestUsername !== undefined || length < 8 || length > 28 || length % 4 !== 0) return invalidParameter;
    const sid = Buffer.from(KerberosUserSid).toString("base64");
    return usersOf(firmware).some((one) => one !== present && one.sid === sid) ? duplicate : { name: "", ha1: "", sid };
  }
  if (DigestUsername === undefined || !isName(DigestUsername)) return invalidName;
  if (DigestUsername !== present?.name && isTaken(firmware, DigestUsername)) return duplicate;
  // The digest is one of name and password: a new name needs both.
  const kept = DigestUsername === present?.name ? present.ha1 : undefined;
  const ha1 = DigestPassword === undefined ? kept : ha1Of(DigestPassword);
  return ha1 === undefined ? invalidPassword : { name: DigestUsername, ha1 };
}

/** Kind of user, and its name or identifier. @source protocols B.10 "16/2" */
function auditNameOf({ name, sid }: Who): Uint8Array {
  const bytes = sid === undefined ? Buffer.from(name, "ascii") : Buffer.from(sid, "base64");
  return Uint8Array.of(sid === undefined ? 0 : 1, bytes.length, ...bytes);
}

function usersOf(firmware: Firmware): readonly UserEntry[] {
  return [firmwareUser, ...firmware.state.users];
}

function isTaken(firmware: Firmware, name: string): boolean {
  return name === firmware.state.adminName || usersOf(firmware).some((one) => one.name === name);
}

/** At least one; 0 and 1 are none, 24 is the last. @source protocols B.11 */
function areRealms(numbers: readonly number[]): boolean {
  return numbers.length > 0 && numbers.every((one) => one >= 2 && one <= 24);
}

function isName(name: string): boolean {
  return /^[\x21-\x7e]{1,16}$/.test(name) && !/[:,"&<>]/.test(name) && !name.startsWith("$$");
}

/** 16 bytes; 24 are 32 hexadecimal digits that were taken for base64, which MeshCentral sends. @source protocols B.1 "HA1 forms" */
function ha1Of(bytes: Uint8Array): string | undefined {
  if (bytes.length === 16) return Buffer.from(bytes).toString("hex");
  const digits = Buffer.from(bytes).toString("base64");
  return /^[0-9a-f]{32}$/i.test(digits) ? digits.toLowerCase() : undefined;
}
