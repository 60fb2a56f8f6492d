import { boolean, defineClass, method, string } from "../define.ts";
import { CIM_Service } from "../cim/CIM_Service.ts";

/** Which asset tables there are.  @source class catalogue */
export const AMT_AssetTableService = defineClass("AMT_AssetTableService", {
  extends: CIM_Service,
  properties: {
    TableTypes: string({ list: true }),
  },
  methods: {
    RequestMediaDeviceTableUpdate: method({ input: { FullUpdate: boolean(), Sticky: boolean() } }),
  },
});
