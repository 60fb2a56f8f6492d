import { boolean, defineClass, int16, string } from "../define.ts";
import { CIM_PhysicalPackage } from "./CIM_PhysicalPackage.ts";

/** The base board.  @source class catalogue */
export const CIM_Card = defineClass("CIM_Card", {
  extends: CIM_PhysicalPackage,
  properties: {
    HostingBoard: boolean(),
    OperatingVoltages: int16({ list: true }),
    RequirementsDescription: string(),
    RequiresDaughterBoard: boolean(),
    SlotLayout: string(),
    SpecialRequirements: boolean(),
  },
});
