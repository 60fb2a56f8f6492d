import { base64, defineClass, string, uint32 } from "../define.ts";
import { CIM_ManagedElement } from "../cim/CIM_ManagedElement.ts";

/** Raw tables of the host, such as SMBIOS.  @source class catalogue */
export const AMT_AssetTable = defineClass("AMT_AssetTable", {
  extends: CIM_ManagedElement,
  properties: {
    InstanceID: string({ key: true }),
    TableData: base64(),
    TableType: uint32({ key: true }),
    TableTypeInfo: string(),
  },
});
