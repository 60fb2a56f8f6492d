import { defineClass, string } from "../define.ts";
import { CIM_SystemPackaging } from "./CIM_SystemPackaging.ts";

/** Ties the chassis to the system; carries the platform's GUID in wire byte order.  @source class catalogue */
export const CIM_ComputerSystemPackage = defineClass("CIM_ComputerSystemPackage", {
  extends: CIM_SystemPackaging,
  properties: {
    PlatformGUID: string(),
  },
});
