import { defineClass, string, uint16 } from "../define.ts";
import { CIM_Collection } from "./CIM_Collection.ts";

/** What an identity may do.  @source class catalogue */
export const CIM_Role = defineClass("CIM_Role", {
  extends: CIM_Collection,
  properties: {
    BusinessCategory: string(),
    CommonName: string(),
    CreationClassName: string({ key: true }),
    Name: string({ key: true }),
    RoleCharacteristics: uint16({ list: true }),
  },
});
