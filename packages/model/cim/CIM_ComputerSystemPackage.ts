import { defineClass, reference, string } from "../define.ts";

/** Ties the chassis to the system; carries the platform's GUID in wire byte order.  @source class catalogue, recorded answers */
export const CIM_ComputerSystemPackage = defineClass("CIM_ComputerSystemPackage", {
  parents: ["CIM_SystemPackaging", "CIM_Dependency"],
  properties: {
    Antecedent: reference("CIM_ManagedElement", { key: true }),
    Dependent: reference("CIM_ManagedElement", { key: true }),
    PlatformGUID: string({ optional: true }),
  },
});
