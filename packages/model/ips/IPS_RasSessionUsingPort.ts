import { defineClass } from "../define.ts";
import { IPS_SessionUsingPort } from "./IPS_SessionUsingPort.ts";

/** A remote access session and its port.  @source class catalogue */
export const IPS_RasSessionUsingPort = defineClass("IPS_RasSessionUsingPort", {
  extends: IPS_SessionUsingPort,
  since: "11.0",
  properties: {},
});
