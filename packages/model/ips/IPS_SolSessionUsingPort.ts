import { defineClass } from "../define.ts";
import { IPS_SessionUsingPort } from "./IPS_SessionUsingPort.ts";

/** A serial-over-LAN session and its port.  @source class catalogue */
export const IPS_SolSessionUsingPort = defineClass("IPS_SolSessionUsingPort", {
  extends: IPS_SessionUsingPort,
  properties: {},
});
