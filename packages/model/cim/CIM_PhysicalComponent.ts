import { boolean, defineClass, uint16 } from "../define.ts";
import { CIM_PhysicalElement } from "./CIM_PhysicalElement.ts";

/** What parts without a case have in common.  @source class catalogue */
export const CIM_PhysicalComponent = defineClass("CIM_PhysicalComponent", {
  extends: CIM_PhysicalElement,
  properties: {
    HotSwappable: boolean(),
    Removable: boolean(),
    RemovalConditions: uint16(),
    Replaceable: boolean(),
  },
});
