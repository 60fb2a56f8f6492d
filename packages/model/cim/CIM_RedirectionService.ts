import { defineClass, string, uint16 } from "../define.ts";
import { CIM_Service } from "./CIM_Service.ts";

/** Keyboard, video and mouse redirection as a service.  @source class catalogue */
export const CIM_RedirectionService = defineClass("CIM_RedirectionService", {
  extends: CIM_Service,
  properties: {
    MaxCurrentEnabledSAPs: uint16(),
    OtherRedirectionServiceType: string(),
    RedirectionServiceType: uint16({ list: true }),
    SharingMode: uint16(),
  },
});
