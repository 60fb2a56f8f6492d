import { boolean, defineClass } from "../define.ts";
import { AMT_InterfacePolicy } from "./AMT_InterfacePolicy.ts";

/** The System Defense policy in force while the device is outside.  @source class catalogue */
export const AMT_EnvironmentDetectionInterfacePolicy = defineClass("AMT_EnvironmentDetectionInterfacePolicy", {
  extends: AMT_InterfacePolicy,
  properties: {
    Enabled: boolean(),
  },
});
