import { defineClass, uint16 } from "../define.ts";
import { CIM_PhysicalComponent } from "./CIM_PhysicalComponent.ts";

/** A processor's package.  @source class catalogue */
export const CIM_Chip = defineClass("CIM_Chip", {
  extends: CIM_PhysicalComponent,
  properties: {
    FormFactor: uint16(),
  },
});
