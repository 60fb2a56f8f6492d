import { defineClass, uint8 } from "../define.ts";
import { CIM_ProtocolEndpoint } from "../cim/CIM_ProtocolEndpoint.ts";

/** One TLS port.  @source class catalogue */
export const AMT_TLSProtocolEndpoint = defineClass("AMT_TLSProtocolEndpoint", {
  extends: CIM_ProtocolEndpoint,
  properties: {
    Role: uint8(),
  },
});
