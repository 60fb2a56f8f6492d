import { defineClass, string } from "../define.ts";
import { AMT_FilterEntryBase } from "./AMT_FilterEntryBase.ts";

/** What filters of several fields have in common.  @source class catalogue */
export const AMT_ComplexFilterEntryBase = defineClass("AMT_ComplexFilterEntryBase", {
  extends: AMT_FilterEntryBase,
  properties: {
    CreationClassName: string({ key: true }),
    InstanceID: string({ key: true }),
    Name: string({ key: true }),
    SystemCreationClassName: string({ key: true }),
    SystemName: string({ key: true }),
  },
});
