import { defineClass } from "../define.ts";
import { CIM_ManagedElement } from "./CIM_ManagedElement.ts";

/** What collections have in common.  @source class catalogue */
export const CIM_Collection = defineClass("CIM_Collection", {
  extends: CIM_ManagedElement,
  properties: {},
});
