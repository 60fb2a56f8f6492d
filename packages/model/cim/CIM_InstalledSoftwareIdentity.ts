import { defineClass, reference } from "../define.ts";

/** Ties a version to the system it is installed on.  @source class catalogue */
export const CIM_InstalledSoftwareIdentity = defineClass("CIM_InstalledSoftwareIdentity", {
  properties: {
    InstalledSoftware: reference("CIM_ManagedElement", { key: true }),
    System: reference("CIM_ManagedElement", { key: true }),
  },
});
