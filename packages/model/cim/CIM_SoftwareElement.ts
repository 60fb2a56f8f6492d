import { defineClass, string, uint16 } from "../define.ts";
import { CIM_LogicalElement } from "./CIM_LogicalElement.ts";

/** What pieces of software have in common.  @source class catalogue */
export const CIM_SoftwareElement = defineClass("CIM_SoftwareElement", {
  extends: CIM_LogicalElement,
  properties: {
    BuildNumber: string(),
    CodeSet: string(),
    IdentificationCode: string(),
    LanguageEdition: string(),
    Manufacturer: string(),
    Name: string({ key: true }),
    OtherTargetOS: string(),
    SerialNumber: string(),
    SoftwareElementID: string({ key: true }),
    SoftwareElementState: uint16({ key: true }),
    TargetOperatingSystem: uint16({ key: true }),
    Version: string({ key: true }),
  },
});
