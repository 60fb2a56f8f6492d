import { boolean, datetime, defineClass, string, uint64 } from "../define.ts";
import { CIM_SoftwareElement } from "./CIM_SoftwareElement.ts";

/** The BIOS.  @source class catalogue */
export const CIM_BIOSElement = defineClass("CIM_BIOSElement", {
  extends: CIM_SoftwareElement,
  properties: {
    CurrentLanguage: string(),
    ListOfLanguages: string({ list: true }),
    LoadUtilityInformation: string(),
    LoadedEndingAddress: uint64(),
    LoadedStartingAddress: uint64(),
    PrimaryBIOS: boolean(),
    RegistryURIs: string({ list: true }),
    ReleaseDate: datetime(),
  },
});
