import { defineClass, string } from "../define.ts";
import { CIM_LogicalElement } from "./CIM_LogicalElement.ts";

/** What features of software have in common.  @source class catalogue */
export const CIM_SoftwareFeature = defineClass("CIM_SoftwareFeature", {
  extends: CIM_LogicalElement,
  properties: {
    IdentifyingNumber: string({ key: true }),
    Name: string({ key: true }),
    ProductName: string({ key: true }),
    Vendor: string({ key: true }),
    Version: string({ key: true }),
  },
});
