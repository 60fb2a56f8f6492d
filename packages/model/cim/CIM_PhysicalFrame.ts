import { boolean, defineClass, string, uint16 } from "../define.ts";
import { CIM_PhysicalPackage } from "./CIM_PhysicalPackage.ts";

/** What frames have in common.  @source class catalogue */
export const CIM_PhysicalFrame = defineClass("CIM_PhysicalFrame", {
  extends: CIM_PhysicalPackage,
  properties: {
    AudibleAlarm: boolean(),
    BreachDescription: string(),
    CableManagementStrategy: string(),
    IsLocked: boolean(),
    LockPresent: boolean(),
    SecurityBreach: uint16(),
    ServiceDescriptions: string({ list: true }),
    ServicePhilosophy: uint16({ list: true }),
    VisibleAlarm: boolean(),
  },
});
