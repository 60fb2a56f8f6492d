import { boolean, defineClass, string } from "../define.ts";
import { CIM_EnabledLogicalElement } from "./CIM_EnabledLogicalElement.ts";

/** What services have in common.  @source class catalogue */
export const CIM_Service = defineClass("CIM_Service", {
  extends: CIM_EnabledLogicalElement,
  properties: {
    CreationClassName: string({ key: true }),
    Name: string({ key: true }),
    PrimaryOwnerContact: string(),
    PrimaryOwnerName: string(),
    StartMode: string(),
    Started: boolean(),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
  },
});
