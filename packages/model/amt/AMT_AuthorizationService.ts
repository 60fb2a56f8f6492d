import { base64, boolean, defineClass, enumOf, method, string, uint32 } from "../define.ts";
import { accessPermissions, realms } from "../value-maps.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";

/** Users, their realms, and the admin.  @source class catalogue */
export const AMT_AuthorizationService = defineClass("AMT_AuthorizationService", {
  extends: CIM_Service,
  properties: {
    AllowHttpQopAuthOnly: uint32(),
  },
  methods: {
    AddUserAclEntryEx: method({
      input: {
        DigestUsername: string({ optional: true }),
        DigestPassword: base64({ optional: true, secret: true }),
        KerberosUserSid: base64({ optional: true }),
        AccessPermission: enumOf(accessPermissions),
        Realms: enumOf(realms, { list: true }),
      },
      output: { Handle: uint32() },
    }),
    EnumerateUserAclEntries: method({
      input: { StartIndex: uint32() },
      output: { TotalCount: uint32(), HandlesCount: uint32(), Handles: uint32({ list: true }) },
    }),
    GetUserAclEntryEx: method({
      input: { Handle: uint32() },
      output: {
        DigestUsername: string(),
        DigestPassword: base64({ secret: true }),
        KerberosUserSid: base64(),
        AccessPermission: enumOf(accessPermissions),
        Realms: enumOf(realms, { list: true }),
      },
    }),
    UpdateUserAclEntryEx: method({
      input: {
        Handle: uint32(),
        DigestUsername: string({ optional: true }),
        DigestPassword: base64({ optional: true, secret: true }),
        KerberosUserSid: base64({ optional: true }),
        AccessPermission: enumOf(accessPermissions),
        Realms: enumOf(realms, { list: true }),
      },
    }),
    RemoveUserAclEntry: method({ input: { Handle: uint32() } }),
    SetAdminAclEntryEx: method({ input: { Username: string(), DigestPassword: base64({ secret: true }) } }),
    GetAdminAclEntry: method({ output: { Username: string() } }),
    GetAdminAclEntryStatus: method({ output: { IsDefault: boolean() } }),
    GetAdminNetAclEntryStatus: method({ output: { IsDefault: boolean() } }),
    SetAclEnabledState: method({ input: { Handle: uint32(), Enabled: boolean() } }),
    GetAclEnabledState: method({ input: { Handle: uint32() }, output: { Enabled: boolean() } }),
  },
});
