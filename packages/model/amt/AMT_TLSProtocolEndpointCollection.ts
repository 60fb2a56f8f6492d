import { defineClass, string } from "../define.ts";
import { CIM_Collection } from "../cim/CIM_Collection.ts";

/** The TLS ports as one.  @source class catalogue */
export const AMT_TLSProtocolEndpointCollection = defineClass("AMT_TLSProtocolEndpointCollection", {
  extends: CIM_Collection,
  properties: {
    ElementName: string({ key: true }),
  },
});
