// What firmware of other releases has answered, by class: members in the order of the wire, lists with "|" between.
// Facts out of the test answers of go-wsman-messages (Apache-2.0); of which machine each is, nobody has written down.
// Left out as made up: CIM_WiFiEndpoint, its capabilities and settings, CIM_WiFiPortCapabilities, which have only a name.

export const sampledInstances: Readonly<Record<string, readonly string[]>> = {
  CIM_AssociatedPowerManagementService: [
    "AvailableRequestedPowerStates=10 | 8 | 5 | 11 | 4 | 7 | 14 | 12; PowerState=2; ServiceProvided=CIM_PowerManagementService(CreationClassName, Name, SystemCreationClassName, SystemName); UserOfService=CIM_ComputerSystem(CreationClassName, Name)",
  ],
  CIM_Battery: [
    "BatteryStatus=2; ChargingStatus=0; Chemistry=2; CreationClassName=CIM_Battery; DesignCapacity=5601; DesignVoltage=11550; DeviceID=CC03056XL; ElementName=; EnabledState=2; EstimatedChargeRemaining=0; FullChargeCapacity=0; HealthState=0; RequestedState=2; SystemCreationClassName=CIM_ComputerSystem; SystemName=ManagedSystem",
  ],
  CIM_BIOSElement: [
    "ElementName=Primary BIOS; Manufacturer=Intel Corp.; Name=Primary BIOS; OperationalStatus=0; PrimaryBIOS=true; ReleaseDate=2020-08-10T00:00:00Z; SoftwareElementID=QNCFLX70.0054.2020.0810.2227; SoftwareElementState=2; TargetOperatingSystem=66; Version=QNCFLX70.0054.2020.0810.2227",
  ],
  CIM_BIOSFeature: [
    "Characteristics=7 | 11 | 12 | 27 | 28 | 29 | 31; ElementName=Primary BIOS Features; IdentifyingNumber=M46580-303; Name=Primary BIOS Features; OperationalStatus=0; ProductName=NUC12WSHv5; Vendor=Intel(R) Client Systems; Version=M46580-303",
  ],
  CIM_BootConfigSetting: [
    "ElementName=Intel(r) AMT: Boot Configuration; InstanceID=Intel(r) AMT: Boot Configuration 0",
  ],
  CIM_BootService: [
    "CreationClassName=CIM_BootService; ElementName=Intel(r) AMT Boot Service; EnabledState=2; Name=Intel(r) AMT Boot Service; OperationalStatus=0; RequestedState=12; SystemCreationClassName=CIM_ComputerSystem; SystemName=Intel(r) AMT",
  ],
  CIM_BootSourceSetting: [
    "ElementName=Intel(r) AMT: Boot Source; FailThroughSupported=2; InstanceID=Intel(r) AMT: Force Hard-drive Boot; StructuredBootString=CIM:Hard-Disk:1",
    "ElementName=Intel(r) AMT: Boot Source; FailThroughSupported=2; InstanceID=Intel(r) AMT: Force PXE Boot; StructuredBootString=CIM:Network:1",
    "ElementName=Intel(r) AMT: Boot Source; FailThroughSupported=2; InstanceID=Intel(r) AMT: Force CD/DVD Boot; StructuredBootString=CIM:CD/DVD:1",
  ],
  CIM_Card: [
    "CanBeFRUed=true; CreationClassName=CIM_Card; ElementName=Managed System Base Board; Manufacturer=Intel Corporation; Model=NUC9V7QNB; OperationalStatus=0; PackageType=9; SerialNumber=KNQN0221020W; Tag=CIM_Card; Version=K47180-402",
  ],
  CIM_Chassis: [
    "ChassisPackageType=0; CreationClassName=CIM_Chassis; ElementName=Managed System Chassis; Manufacturer=Intel(R) Client Systems; Model=NUC9V7QNX; OperationalStatus=0; PackageType=3; SerialNumber=JRQN0243007J; Tag=CIM_Chassis; Version=K47174-402",
  ],
  CIM_Chip: [
    "CanBeFRUed=true; CreationClassName=CIM_Chip; ElementName=Managed System Processor Chip; Manufacturer=Intel(R) Corporation; OperationalStatus=0; Tag=CPU 0; Version=Intel(R) Core(TM) i7-9850H CPU @ 2.60GHz",
  ],
  CIM_ComputerSystemPackage: [
    "Antecedent=CIM_Chassis(CreationClassName, Tag); Dependent=CIM_ComputerSystem(CreationClassName, Name); PlatformGUID=13AEE355D2BFBB6117A088AEDD7037EA",
  ],
  CIM_ConcreteDependency: ["Antecedent=CIM_Identity(InstanceID); Dependent=CIM_Role(CreationClassName, Name)"],
  CIM_EthernetPort: [
    "CreationClassName=CIM_EthernetPort; Description=Wired0; DeviceID=Intel(r) AMT Ethernet Port 0; ElementName=Intel(r) AMT Ethernet Port; EnabledDefault=5; EnabledState=2; LinkTechnology=2; MaxSpeed=2500000000; NetworkAddresses=48210b50d8c9; OperationalStatus=0; PortType=53; RequestedState=12; Speed=1000000000; SystemCreationClassName=CIM_ComputerSystem; SystemName=Intel(r) AMT",
  ],
  CIM_Fan: [
    "ActiveCooling=true; CreationClassName=CIM_Fan; DesiredSpeed=0; DeviceID=Fan 0; ElementName=Fan; EnabledState=5; HealthState=5; OperationalStatus=2; RequestedState=12; SystemCreationClassName=CIM_ComputerSystem; SystemName=ManagedSystem; VariableSpeed=false",
  ],
  CIM_IEEE8021xSettings: [
    "AuthenticationProtocol=0; ElementName=Wifi8021xTLS; InstanceID=Intel(r) AMT:IEEE 802.1x Settings Wifi8021xTLS; Username=iME$amt16$",
  ],
  CIM_KVMRedirectionSAP: [
    "CreationClassName=CIM_KVMRedirectionSAP; ElementName=KVM Redirection Service Access Point; EnabledState=6; KVMProtocol=4; Name=KVM Redirection Service Access Point; RequestedState=2; SystemCreationClassName=CIM_ComputerSystem; SystemName=ManagedSystem",
  ],
  CIM_MediaAccessDevice: [
    "Capabilities=4; CreationClassName=CIM_MediaAccessDevice; DeviceID=MEDIA DEV 0; ElementName=Managed System Media Access Device; EnabledDefault=2; EnabledState=0; MaxMediaSize=960197124; OperationalStatus=0; RequestedState=12; Security=2; SystemCreationClassName=CIM_ComputerSystem; SystemName=ManagedSystem",
  ],
  CIM_PhysicalMemory: [
    "BankLabel=BANK 0; Capacity=17179869184; ConfiguredMemoryClockSpeed=2400; CreationClassName=CIM_PhysicalMemory; ElementName=Managed System Memory Chip; FormFactor=13; IsSpeedInMhz=true; Manufacturer=859B; MaxMemorySpeed=2400; MemoryType=26; PartNumber=CT16G4SFD824A.M16FE; SerialNumber=E0E8D670; Speed=0; Tag=9876543210",
    "BankLabel=BANK 2; Capacity=17179869184; ConfiguredMemoryClockSpeed=2400; CreationClassName=CIM_PhysicalMemory; ElementName=Managed System Memory Chip; FormFactor=13; IsSpeedInMhz=true; Manufacturer=859B; MaxMemorySpeed=2400; MemoryType=26; PartNumber=CT16G4SFD824A.M16FE; SerialNumber=E0E8D070; Speed=0; Tag=9876543210 (#1)",
  ],
  CIM_PowerManagementCapabilities: [
    "ElementName=Power Management Capabilities; InstanceID=Intel(r) AMT:PowerManagementCapabilities 0; OtherPowerChangeCapabilities=; PowerChangeCapabilities=2 | 3 | 4 | 7 | 8; PowerStatesSupported=5 | 8 | 2 | 10 | 11 | 12 | 14; RequestedPowerStatesSupported=5 | 8 | 2 | 10 | 11 | 12 | 14",
  ],
  CIM_PowerManagementService: [
    "CreationClassName=CIM_PowerManagementService; ElementName=Intel(r) AMT Power Management Service; EnabledState=5; Name=Intel(r) AMT Power Management Service; RequestedState=12; SystemCreationClassName=CIM_ComputerSystem; SystemName=Intel(r) AMT",
  ],
  CIM_Processor: [
    "CPUStatus=1; CreationClassName=CIM_Processor; CurrentClockSpeed=2400; DeviceID=CPU 0; ElementName=Managed System CPU; EnabledState=2; ExternalBusClockSpeed=100; Family=198; HealthState=0; MaxClockSpeed=8300; OperationalStatus=0; OtherFamilyDescription=; RequestedState=12; Role=Central; Stepping=13; SystemCreationClassName=CIM_ComputerSystem; SystemName=ManagedSystem; UpgradeMethod=52",
  ],
  CIM_RedirectionService: [
    "CreationClassName=CIM_RedirectionService; ElementName=Intel(r) ME KVM Redirection Service; EnabledState=3; MaxCurrentEnabledSAPs=1; Name=Intel(r) AMT KVM Redirection Service; RedirectionServiceType=3; RequestedState=12; SharingMode=3; SystemCreationClassName=CIM_ComputerSystem; SystemName=Intel(r) AMT",
  ],
  CIM_Sensor: [
    "CreationClassName=CIM_Sensor; CurrentState=Unknown; DeviceID=Sensor 1; ElementName=Sensor; EnabledState=5; HealthState=5; OperationalStatus=2; PossibleStates=Bad | Good | Unknown; RequestedState=12; SensorType=0; SystemCreationClassName=CIM_ComputerSystem; SystemName=ManagedSystem",
  ],
  CIM_SoftwareIdentity: [
    "InstanceID=Flash; IsEntity=true; VersionString=12.0.67",
    "InstanceID=Netstack; IsEntity=true; VersionString=12.0.67",
    "InstanceID=AMTApps; IsEntity=true; VersionString=12.0.67",
    "InstanceID=AMT; IsEntity=true; VersionString=12.0.67",
    "InstanceID=Sku; IsEntity=true; VersionString=16392",
    "InstanceID=VendorID; IsEntity=true; VersionString=8086",
    "InstanceID=Build Number; IsEntity=true; VersionString=1579",
    "InstanceID=Recovery Version; IsEntity=true; VersionString=12.0.67",
    "InstanceID=Recovery Build Num; IsEntity=true; VersionString=1579",
    "InstanceID=Legacy Mode; IsEntity=true; VersionString=False",
    "InstanceID=AMT FW Core Version; IsEntity=true; VersionString=12.0.67",
  ],
  CIM_WiFiPort: [
    "CreationClassName=CIM_WiFiPort; DeviceID=WiFi Port 0; ElementName=WiFi Port 0; EnabledState=3; HealthState=5; LinkTechnology=11; PermanentAddress=000000000000; PortType=0; RequestedState=3; SystemCreationClassName=CIM_ComputerSystem; SystemName=Intel(r) AMT",
  ],
};

const machine = "the machine's own";

/** Values of which only the spelling is compared, with the reason. */
export const sampledOwn: Readonly<Record<string, string>> = {
  "CIM_BIOSElement.Manufacturer": machine,
  "CIM_BIOSElement.ReleaseDate": machine,
  "CIM_BIOSElement.SoftwareElementID": machine,
  "CIM_BIOSElement.Version": machine,
  "CIM_BIOSFeature.IdentifyingNumber": machine,
  "CIM_BIOSFeature.ProductName": machine,
  "CIM_BIOSFeature.Vendor": machine,
  "CIM_BIOSFeature.Version": machine,
  "CIM_Card.Manufacturer": machine,
  "CIM_Card.Model": machine,
  "CIM_Card.SerialNumber": machine,
  "CIM_Card.Version": machine,
  "CIM_Chassis.ChassisPackageType": machine,
  "CIM_Chassis.Manufacturer": machine,
  "CIM_Chassis.Model": machine,
  "CIM_Chassis.SerialNumber": machine,
  "CIM_Chassis.Version": machine,
  "CIM_Chip.Version": machine,
  "CIM_ComputerSystemPackage.PlatformGUID": machine,
  "CIM_EthernetPort.NetworkAddresses": machine,
  "CIM_PhysicalMemory.Capacity": machine,
  "CIM_PhysicalMemory.PartNumber": machine,
  "CIM_PhysicalMemory.SerialNumber": machine,
  "CIM_RedirectionService.EnabledState": "it was off there, while CIM_KVMRedirectionSAP of another machine was on",
};
