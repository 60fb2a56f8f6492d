import { defineClass, string } from "../define.ts";
import { CIM_ManagedElement } from "./CIM_ManagedElement.ts";

/** What policies have in common.  @source class catalogue */
export const CIM_Policy = defineClass("CIM_Policy", {
  extends: CIM_ManagedElement,
  properties: {
    CommonName: string(),
    PolicyKeywords: string({ list: true }),
  },
});
