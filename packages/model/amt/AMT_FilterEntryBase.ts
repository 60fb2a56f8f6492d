import { boolean, defineClass } from "../define.ts";
import { CIM_LogicalElement } from "../cim/CIM_LogicalElement.ts";

/** What System Defense filters have in common.  @source class catalogue */
export const AMT_FilterEntryBase = defineClass("AMT_FilterEntryBase", {
  extends: CIM_LogicalElement,
  properties: {
    IsNegated: boolean(),
  },
});
