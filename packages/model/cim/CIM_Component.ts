import { defineClass, reference } from "../define.ts";

/** Ties a part to a whole.  @source class catalogue */
export const CIM_Component = defineClass("CIM_Component", {
  properties: {
    GroupComponent: reference("CIM_ManagedElement", { key: true }),
    PartComponent: reference("CIM_ManagedElement", { key: true }),
  },
});
