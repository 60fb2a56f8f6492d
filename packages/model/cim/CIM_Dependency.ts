import { defineClass, reference } from "../define.ts";

/** Ties what depends to what it depends on.  @source class catalogue */
export const CIM_Dependency = defineClass("CIM_Dependency", {
  properties: {
    Antecedent: reference("CIM_ManagedElement", { key: true }),
    Dependent: reference("CIM_ManagedElement", { key: true }),
  },
});
