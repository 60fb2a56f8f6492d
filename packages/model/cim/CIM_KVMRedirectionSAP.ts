import { defineClass, string, uint16 } from "../define.ts";
import { CIM_ServiceAccessPoint } from "./CIM_ServiceAccessPoint.ts";

/** Switches keyboard, video and mouse redirection.  @source class catalogue */
export const CIM_KVMRedirectionSAP = defineClass("CIM_KVMRedirectionSAP", {
  extends: CIM_ServiceAccessPoint,
  properties: {
    KVMProtocol: uint16(),
    OtherKVMProtocol: string(),
  },
});
