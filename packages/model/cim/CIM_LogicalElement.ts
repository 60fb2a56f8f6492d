import { defineClass } from "../define.ts";
import { CIM_ManagedSystemElement } from "./CIM_ManagedSystemElement.ts";

/** What is not a physical part.  @source class catalogue */
export const CIM_LogicalElement = defineClass("CIM_LogicalElement", {
  extends: CIM_ManagedSystemElement,
  properties: {},
});
