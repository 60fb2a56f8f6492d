import { VigilError } from "@vigil/base/errors.ts";
import { AMT_AssetTable } from "@vigil/model/amt/AMT_AssetTable.ts";
import { AMT_PCIDevice } from "@vigil/model/amt/AMT_PCIDevice.ts";
import { CIM_Battery } from "@vigil/model/cim/CIM_Battery.ts";
import { CIM_BIOSElement } from "@vigil/model/cim/CIM_BIOSElement.ts";
import { CIM_BIOSFeature } from "@vigil/model/cim/CIM_BIOSFeature.ts";
import { CIM_Card } from "@vigil/model/cim/CIM_Card.ts";
import { CIM_Chassis } from "@vigil/model/cim/CIM_Chassis.ts";
import { CIM_Chip } from "@vigil/model/cim/CIM_Chip.ts";
import { CIM_ComputerSystemPackage } from "@vigil/model/cim/CIM_ComputerSystemPackage.ts";
import { CIM_Fan } from "@vigil/model/cim/CIM_Fan.ts";
import { CIM_MediaAccessDevice } from "@vigil/model/cim/CIM_MediaAccessDevice.ts";
import { CIM_PhysicalMemory } from "@vigil/model/cim/CIM_PhysicalMemory.ts";
import { CIM_PowerSupply } from "@vigil/model/cim/CIM_PowerSupply.ts";
import { CIM_Processor } from "@vigil/model/cim/CIM_Processor.ts";
import { CIM_Sensor } from "@vigil/model/cim/CIM_Sensor.ts";
import { CIM_SoftwareIdentity } from "@vigil/model/cim/CIM_SoftwareIdentity.ts";
import type { ClassDefinition, Instance } from "@vigil/model/define.ts";
import { uuidFromBytes } from "@vigil/wire/uuid.ts";
import type { CallOptions, Wsman } from "../wsman/client.ts";

/** What the machine is made of. Texts that the firmware does not know are empty, lists of what it does not list too. */
export interface Inventory {
  /** Empty when the firmware does not say. */
  readonly uuid: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly board: {
    readonly manufacturer: string;
    readonly model: string;
    readonly serialNumber: string;
    readonly version: string;
  };
  /** `releasedAt` as the firmware spells it: an ISO date, or empty. */
  readonly bios: { readonly manufacturer: string; readonly version: string; readonly releasedAt: string };
  readonly processors: readonly { readonly id: string; readonly name: string; readonly maxMegahertz: number }[];
  readonly memory: readonly MemoryModule[];
  readonly disks: readonly { readonly id: string; readonly bytes: number }[];
  /** Part of the firmware -> its version; "AMT" is the release. */
  readonly firmware: Readonly<Record<string, string>>;
}

export interface MemoryModule {
  readonly slot: string;
  readonly bytes: number;
  readonly manufacturer: string;
  readonly partNumber: string;
  readonly serialNumber: string;
  readonly megahertz: number;
}

/** What else is in the machine. Numbers that the firmware does not know are 0. */
export interface Parts {
  /** The product that the BIOS is made for. */
  readonly product: string;
  readonly fans: readonly { readonly id: string; readonly isActive: boolean }[];
  readonly sensors: readonly { readonly id: string; readonly state: string }[];
  readonly powerSupplies: readonly { readonly id: string; readonly milliwatts: number }[];
  /** Units UNVERIFIED: those of CIM. */
  readonly batteries: readonly {
    readonly id: string;
    readonly designMilliwattHours: number;
    readonly fullMilliwattHours: number;
    readonly designMillivolts: number;
    readonly percentLeft: number;
  }[];
  readonly pciDevices: readonly PciDevice[];
}

export interface PciDevice {
  /** Bus, device and function, as firmware packs them. */
  readonly location: number;
  readonly vendorId: number;
  readonly deviceId: number;
  readonly classCode: number;
  readonly subclass: number;
  readonly revision: number;
}

/** What the firmware knows of the machine, also while it is off. */
export class InventoryReader {
  readonly #wsman: Wsman;

  constructor(wsman: Wsman) {
    this.#wsman = wsman;
  }

  /** Reads it all, in some twenty requests; a class that this firmware lacks leaves its part empty. */
  async read(options: CallOptions = {}): Promise<Inventory> {
    const [system] = await this.#all(CIM_ComputerSystemPackage, options);
    const [chassis] = await this.#all(CIM_Chassis, options);
    const [card] = await this.#all(CIM_Card, options);
    const [bios] = await this.#all(CIM_BIOSElement, options);
    const chips = await this.#all(CIM_Chip, options);
    const processors = await this.#all(CIM_Processor, options);
    const memory = await this.#all(CIM_PhysicalMemory, options);
    const disks = await this.#all(CIM_MediaAccessDevice, options);
    const firmware = await this.#all(CIM_SoftwareIdentity, options);
    return {
      uuid: uuidOf(system?.PlatformGUID),
      manufacturer: chassis?.Manufacturer ?? "",
      model: chassis?.Model ?? "",
      serialNumber: chassis?.SerialNumber ?? "",
      board: {
        manufacturer: card?.Manufacturer ?? "",
        model: card?.Model ?? "",
        serialNumber: card?.SerialNumber ?? "",
        version: card?.Version ?? "",
      },
      bios: { manufacturer: bios?.Manufacturer ?? "", version: bios?.Version ?? "", releasedAt: dateOf(bios) },
      processors: processors.map((one) => ({
        id: one.DeviceID,
        // The name is on the package that holds the processor; both have the same label.
        name: chips.find((chip) => chip.Tag === one.DeviceID)?.Version ?? "",
        maxMegahertz: one.MaxClockSpeed ?? 0,
      })),
      memory: memory.map(moduleOf),
      // Firmware counts disks in thousands of bytes. @source protocols B.5
      disks: disks.map((one) => ({ id: one.DeviceID, bytes: Number(one.MaxMediaSize ?? 0n) * 1_000 })),
      firmware: Object.fromEntries(firmware.map((one) => [one.InstanceID, one.VersionString ?? ""])),
    };
  }

  /** The machine's serial number alone; empty when the firmware does not know it. */
  async serialNumber(options: CallOptions = {}): Promise<string> {
    const [chassis] = await this.#all(CIM_Chassis, options);
    return (chassis?.SerialNumber ?? "").trim();
  }

  /** The parts beside those: power, cooling, sensors, PCI devices; a class that this firmware lacks leaves its list empty. */
  async readParts(options: CallOptions = {}): Promise<Parts> {
    const [product] = await this.#all(CIM_BIOSFeature, options);
    const fans = await this.#all(CIM_Fan, options);
    const sensors = await this.#all(CIM_Sensor, options);
    const powerSupplies = await this.#all(CIM_PowerSupply, options);
    const batteries = await this.#all(CIM_Battery, options);
    const pciDevices = await this.#all(AMT_PCIDevice, options);
    return {
      product: product?.ProductName ?? "",
      fans: fans.map((one) => ({ id: one.DeviceID, isActive: one.ActiveCooling ?? false })),
      sensors: sensors.map((one) => ({ id: one.DeviceID, state: one.CurrentState ?? "" })),
      powerSupplies: powerSupplies.map((one) => ({ id: one.DeviceID, milliwatts: one.TotalOutputPower ?? 0 })),
      batteries: batteries.map((one) => ({
        id: one.DeviceID,
        designMilliwattHours: one.DesignCapacity ?? 0,
        fullMilliwattHours: one.FullChargeCapacity ?? 0,
        designMillivolts: Number(one.DesignVoltage ?? 0n),
        percentLeft: one.EstimatedChargeRemaining ?? 0,
      })),
      pciDevices: pciDevices.map((one) => ({
        location: one.DeviceLocation ?? 0,
        vendorId: one.VendorID ?? 0,
        deviceId: Number.parseInt(one.DeviceID, 16) || 0,
        classCode: one.ClassCode ?? 0,
        subclass: one.Subclass ?? 0,
        revision: one.RevisionID ?? 0,
      })),
    };
  }

  /** The tables as the BIOS wrote them, by name; "SMBIOS" is the one that every machine has. */
  async tables(options: CallOptions = {}): Promise<ReadonlyMap<string, Uint8Array>> {
    const all = await this.#all(AMT_AssetTable, options);
    return new Map(all.map((one) => [one.TableTypeInfo ?? String(one.TableType), one.TableData ?? new Uint8Array()]));
  }

  /** Instances of just that class: memory modules are chips, too. */
  async #all<C extends ClassDefinition>(definition: C, options: CallOptions): Promise<Instance<C>[]> {
    try {
      return await this.#wsman.enumerateExactly(definition, options);
    } catch (cause) {
      if (cause instanceof VigilError && missing.has(cause.code)) return [];
      throw cause;
    }
  }
}

/** How firmware says that it lacks a class, or that the account may not see it. */
const missing: ReadonlySet<string> = new Set([
  "amt.release.lacking",
  "wsman.fault.destinationUnreachable",
  "wsman.fault.actionNotSupported",
  "wsman.fault.accessDenied",
  "wsman.fault.unsupportedFeature",
]);

function moduleOf(one: Instance<typeof CIM_PhysicalMemory>): MemoryModule {
  return {
    slot: one.BankLabel ?? one.Tag,
    bytes: Number(one.Capacity ?? 0n),
    manufacturer: one.Manufacturer ?? "",
    partNumber: one.PartNumber ?? "",
    serialNumber: one.SerialNumber ?? "",
    megahertz: one.ConfiguredMemoryClockSpeed ?? 0,
  };
}

/** 32 hexadecimal digits in the order of the wire. @source protocols B.2 "PlatformGUID" */
function uuidOf(guid: string | undefined): string {
  if (guid === undefined || !/^[0-9A-Fa-f]{32}$/.test(guid)) return "";
  return uuidFromBytes(new Uint8Array(Buffer.from(guid, "hex")));
}

function dateOf(bios: Instance<typeof CIM_BIOSElement> | undefined): string {
  const at = bios?.ReleaseDate;
  return at !== undefined && "datetime" in at ? at.datetime : "";
}
