import { boolean, defineClass } from "../define.ts";
import { AMT_InterfacePolicy } from "./AMT_InterfacePolicy.ts";

/** A System Defense policy that was activated on a port.  @source class catalogue */
export const AMT_NetworkPortSystemDefensePolicy = defineClass("AMT_NetworkPortSystemDefensePolicy", {
  extends: AMT_InterfacePolicy,
  properties: {
    Enabled: boolean(),
  },
});
