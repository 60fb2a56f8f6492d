import { boolean, datetime, defineClass, string, uint16, uint64 } from "../define.ts";

/** A part of the firmware and its version; `AMT` is the release.  @source class catalogue, recorded answers */
export const CIM_SoftwareIdentity = defineClass("CIM_SoftwareIdentity", {
  parents: ["CIM_LogicalElement", "CIM_ManagedSystemElement", "CIM_ManagedElement"],
  properties: {
    BuildNumber: uint16({ optional: true }),
    ClassificationDescriptions: string({ list: true }),
    Classifications: uint16({ list: true }),
    ExtendedResourceType: uint16({ optional: true }),
    IdentityInfoType: string({ list: true }),
    IdentityInfoValue: string({ list: true }),
    InstanceID: string({ key: true }),
    IsEntity: boolean({ optional: true }),
    IsLargeBuildNumber: boolean({ optional: true }),
    Languages: string({ list: true }),
    LargeBuildNumber: uint64({ optional: true }),
    MajorVersion: uint16({ optional: true }),
    Manufacturer: string({ optional: true }),
    MinExtendedResourceTypeBuildNumber: uint16({ optional: true }),
    MinExtendedResourceTypeMajorVersion: uint16({ optional: true }),
    MinExtendedResourceTypeMinorVersion: uint16({ optional: true }),
    MinExtendedResourceTypeRevisionNumber: uint16({ optional: true }),
    MinorVersion: uint16({ optional: true }),
    OtherExtendedResourceTypeDescription: string({ optional: true }),
    ReleaseDate: datetime({ optional: true }),
    RevisionNumber: uint16({ optional: true }),
    SerialNumber: string({ optional: true }),
    TargetOSTypes: uint16({ list: true }),
    TargetOperatingSystems: string({ list: true }),
    TargetTypes: string({ list: true }),
    VersionString: string({ optional: true }),
  },
});
