import { defineClass, string, uint16 } from "../define.ts";
import { CIM_SoftwareFeature } from "./CIM_SoftwareFeature.ts";

/** The BIOS's abilities, and the product it is made for.  @source class catalogue */
export const CIM_BIOSFeature = defineClass("CIM_BIOSFeature", {
  extends: CIM_SoftwareFeature,
  properties: {
    CharacteristicDescriptions: string({ list: true }),
    Characteristics: uint16({ list: true }),
  },
});
