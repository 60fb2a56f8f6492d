import { defineClass, reference } from "../define.ts";

/** A service and whom it serves; enumerating it gives the subclasses.  @source class catalogue */
export const CIM_ServiceAvailableToElement = defineClass("CIM_ServiceAvailableToElement", {
  properties: {
    ServiceProvided: reference("CIM_ManagedElement", { key: true }),
    UserOfService: reference("CIM_ManagedElement", { key: true }),
  },
});
