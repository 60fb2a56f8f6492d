import { defineClass } from "../define.ts";
import { IPS_SessionUsingPort } from "./IPS_SessionUsingPort.ts";

/** A disk redirection session and its port.  @source class catalogue */
export const IPS_IderSessionUsingPort = defineClass("IPS_IderSessionUsingPort", {
  extends: IPS_SessionUsingPort,
  properties: {},
});
