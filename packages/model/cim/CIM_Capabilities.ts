import { defineClass, string } from "../define.ts";
import { CIM_ManagedElement } from "./CIM_ManagedElement.ts";

/** What capabilities have in common.  @source class catalogue */
export const CIM_Capabilities = defineClass("CIM_Capabilities", {
  extends: CIM_ManagedElement,
  properties: {
    InstanceID: string({ key: true }),
  },
});
