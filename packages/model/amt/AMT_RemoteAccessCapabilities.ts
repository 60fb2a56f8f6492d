import { defineClass, uint32 } from "../define.ts";
import { CIM_Capabilities } from "../cim/CIM_Capabilities.ts";

/** How many servers and policies remote access can hold.  @source class catalogue */
export const AMT_RemoteAccessCapabilities = defineClass("AMT_RemoteAccessCapabilities", {
  extends: CIM_Capabilities,
  properties: {
    MaxMpsPerPolicy: uint32(),
    MaxTotalMpServers: uint32(),
    MaxTotalPolicies: uint32(),
    MaxTotalProxyEntryPoints: uint32(),
  },
});
