import { boolean, defineClass, string } from "../define.ts";
import { CIM_ManagedElement } from "./CIM_ManagedElement.ts";

/** Someone who can log in.  @source class catalogue */
export const CIM_Identity = defineClass("CIM_Identity", {
  extends: CIM_ManagedElement,
  properties: {
    CurrentlyAuthenticated: boolean(),
    InstanceID: string({ key: true }),
  },
});
