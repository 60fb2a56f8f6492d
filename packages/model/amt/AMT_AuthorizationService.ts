import { base64, boolean, defineClass, method, string, uint16, uint32 } from "../define.ts";

/** Users, their realms, and the admin.  @source class catalogue, recorded answers */
export const AMT_AuthorizationService = defineClass("AMT_AuthorizationService", {
  parents: [
    "CIM_Service",
    "CIM_EnabledLogicalElement",
    "CIM_LogicalElement",
    "CIM_ManagedSystemElement",
    "CIM_ManagedElement",
  ],
  properties: {
    AllowHttpQopAuthOnly: uint32({ optional: true }),
    CreationClassName: string({ key: true }),
    ElementName: string({ optional: true }),
    EnabledState: uint16({ optional: true }),
    Name: string({ key: true }),
    RequestedState: uint16({ optional: true }),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
  },
  methods: {
    AddUserAclEntryEx: method({
      input: {
        DigestUsername: string({ optional: true }),
        DigestPassword: base64({ optional: true, secret: true }),
        KerberosUserSid: base64({ optional: true }),
        AccessPermission: uint32(),
        Realms: uint32({ list: true }),
      },
      output: { Handle: uint32({ optional: true }) },
    }),
    EnumerateUserAclEntries: method({
      input: { StartIndex: uint32() },
      output: {
        TotalCount: uint32({ optional: true }),
        HandlesCount: uint32({ optional: true }),
        Handles: uint32({ list: true }),
      },
    }),
    GetUserAclEntryEx: method({
      input: { Handle: uint32() },
      output: {
        DigestUsername: string({ optional: true }),
        DigestPassword: base64({ optional: true, secret: true }),
        KerberosUserSid: base64({ optional: true }),
        AccessPermission: uint32({ optional: true }),
        Realms: uint32({ list: true }),
      },
    }),
    UpdateUserAclEntryEx: method({
      input: {
        Handle: uint32(),
        DigestUsername: string({ optional: true }),
        DigestPassword: base64({ optional: true, secret: true }),
        KerberosUserSid: base64({ optional: true }),
        AccessPermission: uint32(),
        Realms: uint32({ list: true }),
      },
    }),
    RemoveUserAclEntry: method({ input: { Handle: uint32() } }),
    SetAdminAclEntryEx: method({ input: { Username: string(), DigestPassword: base64({ secret: true }) } }),
    GetAdminAclEntry: method({ output: { Username: string({ optional: true }) } }),
    GetAdminAclEntryStatus: method({ output: { IsDefault: boolean({ optional: true }) } }),
    GetAdminNetAclEntryStatus: method({ output: { IsDefault: boolean({ optional: true }) } }),
    SetAclEnabledState: method({ input: { Handle: uint32(), Enabled: boolean() } }),
    GetAclEnabledState: method({ input: { Handle: uint32() }, output: { Enabled: boolean({ optional: true }) } }),
  },
  hasDatetime: true,
});
