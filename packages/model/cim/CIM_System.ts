import { defineClass, string } from "../define.ts";
import { CIM_EnabledLogicalElement } from "./CIM_EnabledLogicalElement.ts";

/** What systems have in common.  @source class catalogue */
export const CIM_System = defineClass("CIM_System", {
  extends: CIM_EnabledLogicalElement,
  properties: {
    CreationClassName: string({ key: true }),
    IdentifyingDescriptions: string({ list: true }),
    Name: string({ key: true }),
    NameFormat: string(),
    OtherIdentifyingInfo: string({ list: true }),
    PrimaryOwnerContact: string(),
    PrimaryOwnerName: string(),
    Roles: string({ list: true }),
  },
});
