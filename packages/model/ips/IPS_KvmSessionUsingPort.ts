import { defineClass } from "../define.ts";
import { IPS_SessionUsingPort } from "./IPS_SessionUsingPort.ts";

/** A keyboard, video and mouse session and its port.  @source class catalogue */
export const IPS_KvmSessionUsingPort = defineClass("IPS_KvmSessionUsingPort", {
  extends: IPS_SessionUsingPort,
  properties: {},
});
