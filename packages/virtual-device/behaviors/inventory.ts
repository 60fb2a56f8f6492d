import { AMT_AssetTable } from "@vigil/model/amt/AMT_AssetTable.ts";
import { AMT_AssetTableService } from "@vigil/model/amt/AMT_AssetTableService.ts";
import { AMT_PCIDevice } from "@vigil/model/amt/AMT_PCIDevice.ts";
import { CIM_BIOSElement } from "@vigil/model/cim/CIM_BIOSElement.ts";
import { CIM_BIOSFeature } from "@vigil/model/cim/CIM_BIOSFeature.ts";
import { CIM_Battery } from "@vigil/model/cim/CIM_Battery.ts";
import { CIM_Fan } from "@vigil/model/cim/CIM_Fan.ts";
import { CIM_PowerSupply } from "@vigil/model/cim/CIM_PowerSupply.ts";
import { CIM_Sensor } from "@vigil/model/cim/CIM_Sensor.ts";
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
import { implement, realms, returns, type Behavior } from "../behavior.ts";
import { smbiosTable } from "../firmware/smbios.ts";

const chassisKey = { CreationClassName: "CIM_Chassis", Tag: "CIM_Chassis" } as const;
const hostKey = { CreationClassName: "CIM_ComputerSystem", Name: "ManagedSystem" } as const;
const hostDevice = { SystemCreationClassName: "CIM_ComputerSystem", SystemName: "ManagedSystem" } as const;
const { hardwareAsset, generalInfo } = realms;

/** What the machine is made of. @source recorded answers; protocols B.2, B.5 */
export const inventory: readonly Behavior[] = [
  implement(CIM_SoftwareIdentity)({
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
  implement(CIM_ComputerSystem)({
    realm: generalInfo,
    list: () => [
      { ...hostKey, ElementName: "Managed System" },
      { ...hostKey, Name: "Intel(r) AMT", ElementName: "Intel(r) AMT Subsystem" },
    ],
  }),
  implement(CIM_ComputerSystemPackage)({
    realm: hardwareAsset,
    list: ({ uuid }) => [
      {
        Antecedent: referenceTo(CIM_Chassis, chassisKey),
        Dependent: referenceTo(CIM_ComputerSystem, hostKey),
        PlatformGUID: Buffer.from(bytesFromUuid(uuid)).toString("hex").toUpperCase(),
      },
    ],
  }),
  implement(CIM_Chassis)({
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
  implement(CIM_Card)({
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
  implement(CIM_BIOSElement)({
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
  implement(CIM_Processor)({
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
  implement(CIM_Chip)({
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
  implement(CIM_PhysicalMemory)({
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
  implement(CIM_MediaAccessDevice)({
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
  implement(CIM_BIOSFeature)({
    realm: hardwareAsset,
    list: ({ identity }) => [
      {
        Characteristics: [7, 11, 12, 27, 28, 29, 31],
        ElementName: "Primary BIOS Features",
        IdentifyingNumber: identity.serialNumber,
        Name: "Primary BIOS Features",
        OperationalStatus: ["unknown"],
        ProductName: identity.model,
        Vendor: identity.manufacturer,
        Version: "1.0",
      },
    ],
  }),
  implement(CIM_Fan)({
    realm: hardwareAsset,
    list: () => [
      {
        ActiveCooling: true,
        CreationClassName: "CIM_Fan",
        DesiredSpeed: 0n,
        DeviceID: "Fan 0",
        ElementName: "Fan",
        ...measured,
        VariableSpeed: false,
      },
    ],
  }),
  implement(CIM_Sensor)({
    realm: hardwareAsset,
    list: () =>
      ["Sensor 1", "Sensor 2"].map((DeviceID) => ({
        CreationClassName: "CIM_Sensor",
        CurrentState: "Unknown",
        DeviceID,
        ElementName: "Sensor",
        ...measured,
        PossibleStates: ["Bad", "Good", "Unknown"],
        SensorType: 0,
      })),
  }),
  implement(CIM_PowerSupply)({
    realm: hardwareAsset,
    list: ({ identity }) => [
      {
        CreationClassName: "CIM_PowerSupply",
        DeviceID: "Power Supply 0",
        ElementName: "Managed System Power Supply",
        ...measured,
        TotalOutputPower: identity.isMobile ? 65_000 : 500_000,
      },
    ],
  }),
  implement(CIM_Battery)({
    realm: hardwareAsset,
    list: ({ identity }) =>
      identity.isMobile
        ? [
            {
              BatteryStatus: 2,
              ChargingStatus: 0,
              Chemistry: 2,
              CreationClassName: "CIM_Battery",
              DesignCapacity: 5_601,
              DesignVoltage: 11_550n,
              DeviceID: "CC03056XL",
              ElementName: "",
              EnabledState: "enabled",
              EstimatedChargeRemaining: 0,
              FullChargeCapacity: 0,
              HealthState: "unknown",
              RequestedState: "enabled",
              ...hostDevice,
            },
          ]
        : [],
  }),
  implement(AMT_PCIDevice)({
    realm: hardwareAsset,
    list: () =>
      pciDevices.map(([DeviceLocation, product, ClassCode, Subclass]) => ({
        BaseAddress: [0, 0, 0, 0, 0, 0],
        ClassCode,
        CreationClassName: "AMT_PCIDevice",
        DeviceID: product.toString(16),
        DeviceLocation,
        ElementName: "Managed System PCI Device",
        RevisionID: 1,
        Subclass,
        SubsystemVendorID: intel,
        VendorID: intel,
        ...hostDevice,
      })),
  }),
  implement(AMT_AssetTableService)({
    realm: hardwareAsset,
    list: () => [
      {
        CreationClassName: "AMT_AssetTableService",
        ElementName: "Intel(r) AMT Asset Table Service",
        Name: "Intel(r) AMT Asset Table Service",
        SystemCreationClassName: "CIM_ComputerSystem",
        SystemName: "Intel(r) AMT",
        TableTypes: ["SMbios:130", "SMbios:131"],
      },
    ],
    methods: { RequestMediaDeviceTableUpdate: () => returns(0) },
  }),
  implement(AMT_AssetTable)({
    realm: hardwareAsset,
    list: ({ identity, uuid }) => [
      {
        InstanceID: "0",
        TableData: smbiosTable(identity, bytesFromUuid(uuid)),
        TableType: 1,
        TableTypeInfo: "SMBIOS",
      },
    ],
  }),
];

const intel = 0x8086;
/** Bus address, product, class, subclass: host bridge, graphics, network. */
const pciDevices = [
  [0x0000, 0x3ec2, 6, 0],
  [0x0010, 0x3e92, 3, 0],
  [0x00fe, 0x15bc, 2, 0],
] as const;
const measured = {
  EnabledState: "notApplicable",
  HealthState: "ok",
  OperationalStatus: ["ok"],
  RequestedState: "notApplicable",
  ...hostDevice,
} as const;
