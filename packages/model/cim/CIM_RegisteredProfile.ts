import { defineClass, string, uint16 } from "../define.ts";
import { CIM_ManagedElement } from "./CIM_ManagedElement.ts";

/** A DMTF profile that the device follows.  @source class catalogue */
export const CIM_RegisteredProfile = defineClass("CIM_RegisteredProfile", {
  extends: CIM_ManagedElement,
  properties: {
    AdvertiseTypeDescriptions: string({ list: true }),
    AdvertiseTypes: uint16({ list: true }),
    ImplementedFeatures: string({ list: true }),
    InstanceID: string({ key: true }),
    OtherRegisteredOrganization: string(),
    RegisteredName: string(),
    RegisteredOrganization: uint16(),
    RegisteredVersion: string(),
  },
});
