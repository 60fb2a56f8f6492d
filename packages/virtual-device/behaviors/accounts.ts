import { AMT_AuthorizationService } from "@vigil/model/amt/AMT_AuthorizationService.ts";
import { numberOf } from "@vigil/model/codecs.ts";
import { accessPermissions, realms as realmNumbers } from "@vigil/model/value-maps.ts";
import { implement, realms, returns, type Behavior } from "../behavior.ts";
import type { Firmware } from "../firmware.ts";
import type { UserEntry } from "../firmware/state.ts";

/** PT_STATUS. @source protocols A.13 */
const invalidName = 12;
const limitReached = 23;
const invalidIndex = 35;
const invalidParameter = 36;
const invalidHandle = 2053;
const invalidPassword = 2054;
const invalidRealm = 2055;
const duplicate = 2058;
const mostUsers = 16;

/** The user-notification account that firmware brings along. @source protocols B.11 */
const firmwareUser: UserEntry = { handle: 1, name: "$$uns", ha1: "", access: 0, realms: [16], isEnabled: true };

/** Users and the admin. @source protocols B.11 */
export const accounts: readonly Behavior[] = [
  implement(AMT_AuthorizationService, {
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
        return returns(0);
      },
      GetAdminAclEntry: ({ firmware }) => ({ Username: firmware.state.adminName, ReturnValue: 0 }),
      GetAdminAclEntryStatus: ({ firmware }) => ({ IsDefault: firmware.state.adminHa1 === null, ReturnValue: 0 }),
      GetAdminNetAclEntryStatus: ({ firmware }) => ({ IsDefault: firmware.state.adminHa1 === null, ReturnValue: 0 }),
      AddUserAclEntryEx({ firmware }, { DigestUsername, DigestPassword, AccessPermission, Realms = [] }) {
        const users = usersOf(firmware);
        if (DigestUsername === undefined || !isName(DigestUsername)) return returns(invalidName);
        if (isTaken(firmware, DigestUsername)) return returns(duplicate);
        const ha1 = DigestPassword === undefined ? undefined : ha1Of(DigestPassword);
        if (ha1 === undefined) return returns(invalidPassword);
        const wanted = Realms.map((one) => numberOf(realmNumbers, one));
        if (!areRealms(wanted)) return returns(invalidRealm);
        if (typeof AccessPermission === "number") return returns(invalidParameter);
        if (users.length >= mostUsers) return returns(limitReached);
        const handle = Math.max(...users.map((one) => one.handle)) + 1;
        firmware.change((state) => {
          const entry = {
            handle,
            name: DigestUsername,
            ha1,
            access: numberOf(accessPermissions, AccessPermission),
            realms: wanted,
            isEnabled: true,
          };
          state.users.push(entry);
        });
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
        return { DigestUsername: user.name, AccessPermission: user.access, Realms: user.realms, ReturnValue: 0 };
      },
      UpdateUserAclEntryEx({ firmware }, { Handle, DigestUsername, DigestPassword, AccessPermission, Realms = [] }) {
        const ha1 = DigestPassword === undefined ? undefined : ha1Of(DigestPassword);
        const present = firmware.state.users.find((one) => one.handle === Handle);
        if (present === undefined) return returns(invalidHandle);
        if (DigestUsername !== undefined && !isName(DigestUsername)) return returns(invalidName);
        const isRenamed = DigestUsername !== undefined && DigestUsername !== present.name;
        if (isRenamed && isTaken(firmware, DigestUsername)) return returns(duplicate);
        if (ha1 === undefined) return returns(invalidPassword);
        const wanted = Realms.map((one) => numberOf(realmNumbers, one));
        if (!areRealms(wanted)) return returns(invalidRealm);
        if (typeof AccessPermission === "number") return returns(invalidParameter);
        firmware.change((state) => {
          const user = state.users.find((one) => one.handle === Handle);
          if (user === undefined) return;
          Object.assign(user, {
            ha1,
            access: numberOf(accessPermissions, AccessPermission),
            realms: wanted,
            name: DigestUsername ?? user.name,
          });
        });
        return returns(0);
      },
      RemoveUserAclEntry({ firmware }, { Handle }) {
        if (!firmware.state.users.some((one) => one.handle === Handle)) return returns(invalidHandle);
        firmware.change((state) => {
          state.users = state.users.filter((one) => one.handle !== Handle);
        });
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
        return returns(0);
      },
    },
  }),
];

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
