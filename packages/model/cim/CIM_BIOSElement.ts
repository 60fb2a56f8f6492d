import { boolean, datetime, defineClass, string, uint16, uint64 } from "../define.ts";

/** The BIOS.  @source class catalogue, recorded answers */
export const CIM_BIOSElement = defineClass("CIM_BIOSElement", {
  parents: ["CIM_SoftwareElement", "CIM_LogicalElement", "CIM_ManagedSystemElement", "CIM_ManagedElement"],
  properties: {
    CurrentLanguage: string({ optional: true }),
    ElementName: string({ optional: true }),
    ListOfLanguages: string({ list: true }),
    LoadUtilityInformation: string({ optional: true }),
    LoadedEndingAddress: uint64({ optional: true }),
    LoadedStartingAddress: uint64({ optional: true }),
    Manufacturer: string({ optional: true }),
    Name: string({ key: true }),
    OperationalStatus: uint16({ list: true }),
    PrimaryBIOS: boolean({ optional: true }),
    RegistryURIs: string({ list: true }),
    ReleaseDate: datetime({ optional: true }),
    SoftwareElementID: string({ key: true }),
    SoftwareElementState: uint16({ key: true }),
    TargetOperatingSystem: uint16({ key: true }),
    Version: string({ key: true }),
  },
});
