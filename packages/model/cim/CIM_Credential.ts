import { datetime, defineClass } from "../define.ts";
import { CIM_ManagedElement } from "./CIM_ManagedElement.ts";

/** What credentials have in common.  @source class catalogue */
export const CIM_Credential = defineClass("CIM_Credential", {
  extends: CIM_ManagedElement,
  properties: {
    Expires: datetime(),
    Issued: datetime(),
  },
});
