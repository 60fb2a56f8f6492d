import { CIM_BIOSElement } from "@vigil/model/cim/CIM_BIOSElement.ts";
import { CIM_Card } from "@vigil/model/cim/CIM_Card.ts";
import { CIM_Chassis } from "@vigil/model/cim/CIM_Chassis.ts";
import { CIM_Chip } from "@vigil/model/cim/CIM_Chip.ts";
import { CIM_ComputerSystem } from "@vigil/model/cim/CIM_ComputerSystem.ts";
import { CIM_ComputerSystemPackage } from "@vigil/model/cim/CIM_ComputerSystemPackage.ts";
import { CIM_MediaAccessDevice } from "@vigil/model/cim/CIM_MediaAccessDevice.ts";
import { CIM_PhysicalMemory } from "@vigil/model/cim/CIM_PhysicalMemory.ts";
import { CIM_Processor } from "@vigil/model/cim/CIM_Processor.ts";
import { CIM_SoftwareIdentity } from "@vigil/model/cim/CIM_SoftwareIdentity.ts";
import { referenceTo } from "@vigil/model/instances.ts";
import { bytesFromUuid } from "@vigil/wire/uuid.ts";
import { implement, realms, type Behavior } from "../behavior.ts";

const chassisKey = { CreationClassName: "CIM_Chassis", Tag: "CIM_Chassis" } as const;
const hostKey = { CreationClassName: "CIM_ComputerSystem", Name: "ManagedSystem" } as const;
const hostDevice = { SystemCreationClassName: "CIM_ComputerSystem", SystemName: "ManagedSystem" } as const;
const { hardwareAsset, generalInfo } = realms;

/** What the machine is made of. @source recorded answers; protocols B.2, B.5 */
export const inventory: readonly Behavior[] = [
  implement(CIM_SoftwareIdentity, {
    realm: generalInfo,
    list: ({ identity }) => {
      const versions: readonly (readonly [string, string])[] = [
        ["Flash", identity.release],
        ["Netstack", identity.release],
        ["AMTApps", identity.release],
        ["AMT", identity.release],
        ["Sku", "16392"],
        ["VendorID", "8086"],
        ["Build Number", identity.build],
        ["Recovery Version", identity.release],
        ["Recovery Build Num", identity.build],
        ["Legacy Mode", "False"],
        ["AMT FW Core Version", identity.release],
      ];
      return versions.map(([InstanceID, VersionString]) => ({ InstanceID, IsEntity: true, VersionString }));
    },
  }),
  implement(CIM_ComputerSystem, {
    realm: generalInfo,
    list: () => [
      { ...hostKey, ElementName: "Managed System" },
      { ...hostKey, Name: "Intel(r) AMT", ElementName: "Intel(r) AMT Subsystem" },
    ],
  }),
  implement(CIM_ComputerSystemPackage, {
    realm: hardwareAsset,
    list: ({ uuid }) => [
      {
        Antecedent: referenceTo(CIM_Chassis, chassisKey),
        Dependent: referenceTo(CIM_ComputerSystem, hostKey),
        PlatformGUID: Buffer.from(bytesFromUuid(uuid)).toString("hex").toUpperCase(),
      },
    ],
  }),
  implement(CIM_Chassis, {
    realm: hardwareAsset,
    list: ({ identity }) => [
      {
        ...chassisKey,
        ChassisPackageType: identity.isMobile ? 10 : 3,
        ElementName: "Managed System Chassis",
        Manufacturer: identity.manufacturer,
        Model: identity.model,
        OperationalStatus: [0],
        PackageType: 3,
        SerialNumber: identity.serialNumber,
        Version: "1.0",
      },
    ],
  }),
  implement(CIM_Card, {
    realm: hardwareAsset,
    list: ({ identity }) => [
      {
        CanBeFRUed: true,
        CreationClassName: "CIM_Card",
        ElementName: "Managed System Base Board",
        Manufacturer: identity.manufacturer,
        Model: identity.boardModel,
        OperationalStatus: [0],
        PackageType: 9,
        SerialNumber: `B${identity.serialNumber}`,
        Tag: "CIM_Card",
        Version: "1.0",
      },
    ],
  }),
  implement(CIM_BIOSElement, {
    realm: hardwareAsset,
    list: ({ identity }) => [
      {
        ElementName: "Primary BIOS",
        Manufacturer: identity.manufacturer,
        Name: "Primary BIOS",
        OperationalStatus: [0],
        PrimaryBIOS: true,
        ReleaseDate: { datetime: "2023-08-10T00:00:00Z" },
        SoftwareElementID: identity.biosVersion,
        SoftwareElementState: 2,
        TargetOperatingSystem: 66,
        Version: identity.biosVersion,
      },
    ],
  }),
  implement(CIM_Processor, {
    realm: hardwareAsset,
    list: () => [
      {
        CPUStatus: 1,
        CreationClassName: "CIM_Processor",
        CurrentClockSpeed: 2400,
        DeviceID: "CPU 0",
        ElementName: "Managed System CPU",
        EnabledState: 2,
        ExternalBusClockSpeed: 100,
        Family: 198,
        HealthState: 0,
        MaxClockSpeed: 8300,
        OperationalStatus: [0],
        OtherFamilyDescription: "",
        RequestedState: 12,
        Role: "Central",
        Stepping: "13",
        ...hostDevice,
        UpgradeMethod: 52,
      },
    ],
  }),
  implement(CIM_Chip, {
    realm: hardwareAsset,
    list: ({ identity }) => [
      {
        CanBeFRUed: true,
        CreationClassName: "CIM_Chip",
        ElementName: "Managed System Processor Chip",
        Manufacturer: "Intel(R) Corporation",
        OperationalStatus: [0],
        Tag: "CPU 0",
        Version: identity.processor,
      },
    ],
  }),
  implement(CIM_PhysicalMemory, {
    realm: hardwareAsset,
    list: ({ identity }) =>
      ["9876543210", "9876543210 (#1)"].map((Tag, index) => ({
        BankLabel: `BANK ${index * 2}`,
        Capacity: identity.moduleBytes,
        ConfiguredMemoryClockSpeed: 2400,
        CreationClassName: "CIM_PhysicalMemory",
        ElementName: "Managed System Memory Chip",
        FormFactor: identity.isMobile ? 13 : 9,
        IsSpeedInMhz: true,
        Manufacturer: "859B",
        MaxMemorySpeed: 2400,
        MemoryType: 26,
        PartNumber: "VM16G4S24",
        SerialNumber: `${identity.serialNumber}${index}`,
        Speed: 0,
        Tag,
      })),
  }),
  implement(CIM_MediaAccessDevice, {
    realm: hardwareAsset,
    list: ({ identity }) => [
      {
        Capabilities: [4],
        CreationClassName: "CIM_MediaAccessDevice",
        DeviceID: "MEDIA DEV 0",
        ElementName: "Managed System Media Access Device",
        EnabledDefault: 2,
        EnabledState: 0,
        MaxMediaSize: identity.diskKilobytes,
        OperationalStatus: [0],
        RequestedState: 12,
        Security: 2,
        ...hostDevice,
      },
    ],
  }),
];
