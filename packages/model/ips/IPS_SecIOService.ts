import { defineClass, uint16, uint8 } from "../define.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";

/** Language and size of what the firmware itself shows on the screen.  @source class catalogue */
export const IPS_SecIOService = defineClass("IPS_SecIOService", {
  extends: CIM_Service,
  since: "8.0",
  properties: {
    DefaultScreen: uint8(),
    NumberOfScreens: uint8(),
    RequestedLanguage: uint16(),
    language: uint16(),
    zoom: uint16(),
  },
});
