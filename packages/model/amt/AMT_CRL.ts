import { defineClass, string } from "../define.ts";
import { CIM_SettingData } from "../cim/CIM_SettingData.ts";

/** A certificate revocation list that mutual TLS heeds.  @source class catalogue */
export const AMT_CRL = defineClass("AMT_CRL", {
  extends: CIM_SettingData,
  properties: {
    SerialNumbers: string({ list: true }),
    Url: string(),
  },
});
