import { boolean, datetime, defineClass, string } from "../define.ts";
import { CIM_ManagedSystemElement } from "./CIM_ManagedSystemElement.ts";

/** What can be touched.  @source class catalogue */
export const CIM_PhysicalElement = defineClass("CIM_PhysicalElement", {
  extends: CIM_ManagedSystemElement,
  properties: {
    CanBeFRUed: boolean(),
    CreationClassName: string({ key: true }),
    ManufactureDate: datetime(),
    Manufacturer: string(),
    Model: string(),
    OtherIdentifyingInfo: string(),
    PartNumber: string(),
    PoweredOn: boolean(),
    SKU: string(),
    SerialNumber: string(),
    Tag: string({ key: true }),
    UserTracking: string(),
    VendorEquipmentType: string(),
    Version: string(),
  },
});
