import { defineClass, method, uint16, uint64 } from "../define.ts";
import { CIM_EnabledLogicalElement } from "./CIM_EnabledLogicalElement.ts";

/** What logs have in common.  @source class catalogue */
export const CIM_Log = defineClass("CIM_Log", {
  extends: CIM_EnabledLogicalElement,
  properties: {
    CurrentNumberOfRecords: uint64({ readonly: true }),
    LogState: uint16(),
    MaxNumberOfRecords: uint64(),
    OverwritePolicy: uint16(),
  },
  methods: {
    ClearLog: method(),
  },
});
