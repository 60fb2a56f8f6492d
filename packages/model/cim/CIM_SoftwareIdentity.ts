import { boolean, datetime, defineClass, string, uint16, uint64 } from "../define.ts";
import { CIM_LogicalElement } from "./CIM_LogicalElement.ts";

/** A part of the firmware and its version; `AMT` is the release.  @source class catalogue */
export const CIM_SoftwareIdentity = defineClass("CIM_SoftwareIdentity", {
  extends: CIM_LogicalElement,
  properties: {
    BuildNumber: uint16(),
    ClassificationDescriptions: string({ list: true }),
    Classifications: uint16({ list: true }),
    ExtendedResourceType: uint16(),
    IdentityInfoType: string({ list: true }),
    IdentityInfoValue: string({ list: true }),
    InstanceID: string({ key: true }),
    IsEntity: boolean(),
    IsLargeBuildNumber: boolean(),
    Languages: string({ list: true }),
    LargeBuildNumber: uint64(),
    MajorVersion: uint16(),
    Manufacturer: string(),
    MinExtendedResourceTypeBuildNumber: uint16(),
    MinExtendedResourceTypeMajorVersion: uint16(),
    MinExtendedResourceTypeMinorVersion: uint16(),
    MinExtendedResourceTypeRevisionNumber: uint16(),
    MinorVersion: uint16(),
    OtherExtendedResourceTypeDescription: string(),
    ReleaseDate: datetime(),
    RevisionNumber: uint16(),
    SerialNumber: string(),
    TargetOSTypes: uint16({ list: true }),
    TargetOperatingSystems: string({ list: true }),
    TargetTypes: string({ list: true }),
    VersionString: string(),
  },
});
