import { defineClass, string } from "../define.ts";

/** The TLS ports as one.  @source class catalogue, recorded answers */
export const AMT_TLSProtocolEndpointCollection = defineClass("AMT_TLSProtocolEndpointCollection", {
  parents: ["CIM_Collection", "CIM_ManagedElement"],
  properties: {
    ElementName: string({ key: true }),
  },
});
