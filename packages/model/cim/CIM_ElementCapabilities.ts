import { defineClass, reference, uint16 } from "../define.ts";

/** Ties capabilities to what has them.  @source class catalogue */
export const CIM_ElementCapabilities = defineClass("CIM_ElementCapabilities", {
  properties: {
    Capabilities: reference("CIM_ManagedElement", { key: true }),
    Characteristics: uint16({ list: true }),
    ManagedElement: reference("CIM_ManagedElement", { key: true }),
  },
});
