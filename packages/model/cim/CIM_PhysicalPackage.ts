import { boolean, defineClass, real64, string, uint16 } from "../define.ts";
import { CIM_PhysicalElement } from "./CIM_PhysicalElement.ts";

/** What parts with a case have in common.  @source class catalogue */
export const CIM_PhysicalPackage = defineClass("CIM_PhysicalPackage", {
  extends: CIM_PhysicalElement,
  properties: {
    Depth: real64(),
    Height: real64(),
    HotSwappable: boolean(),
    OtherPackageType: string(),
    PackageType: uint16(),
    Removable: boolean(),
    RemovalConditions: uint16(),
    Replaceable: boolean(),
    VendorCompatibilityStrings: string({ list: true }),
    Weight: real64(),
    Width: real64(),
  },
});
