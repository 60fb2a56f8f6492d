import { useQuery } from "@tanstack/react-query";
import type { Device } from "@vigil/api/resources/devices.ts";
import type { Hardware } from "@vigil/api/resources/readings.ts";
import { Facts } from "../parts/facts.tsx";
import { StoredReading } from "../parts/reading.tsx";
import { TitledTable } from "../parts/titled-table.tsx";
import { hardwareQuery, keys } from "../queries.ts";
import { useServer } from "../server.ts";

/** What the machine is made of: at once as it was last read, then as the device says it now. */
export function DeviceHardware({ device }: { readonly device: Device }) {
  const server = useServer();
  const params = { id: device.uuid };
  const stored = useQuery(hardwareQuery(server, device.uuid));
  return (
    <StoredReading
      stored={stored}
      body={stored.data?.hardware ?? null}
      device={device}
      storedKey={keys.hardware(device.uuid)}
      read={(signal) => server.readings.readHardware({ params, signal })}
      never="The hardware has not been read yet"
    >
      {(hardware) => <HardwareParts hardware={hardware} />}
    </StoredReading>
  );
}

/** All that is known of what a machine is made of. */
export function HardwareParts({ hardware }: { readonly hardware: Hardware }) {
  const { board, bios, firmware, processors, memory, disks } = hardware;
  return (
    <div className="device-parts">
      <section className="panel padded" aria-label="Machine">
        <Facts
          facts={[
            ["Manufacturer", hardware.manufacturer],
            ["Model", hardware.model],
            ["Product", hardware.product],
            ["Serial number", hardware.serialNumber],
            ["UUID", mono(hardware.uuid)],
            ["Board", [board.manufacturer, board.model, board.version].filter((one) => one !== "").join(" ")],
            ["Board's serial number", board.serialNumber],
            ["BIOS", [bios.manufacturer, bios.version].filter((one) => one !== "").join(" ")],
            ["BIOS released", bios.releasedAt.slice(0, 10)],
          ]}
        />
      </section>
      <TitledTable
        title="Processors"
        rows={processors}
        columns={[
          { title: "Processor", cell: ({ name, id }) => (name === "" ? id : name) },
          { title: "Up to", width: "110px", isNumber: true, cell: ({ maxMegahertz }) => known(maxMegahertz, "MHz") },
        ]}
      />
      <TitledTable
        title="Memory"
        rows={memory}
        columns={[
          { title: "Slot", cell: ({ slot }) => slot },
          { title: "Size", width: "90px", isNumber: true, cell: ({ bytes }) => sizeOf(bytes, 1024) },
          { title: "Speed", width: "100px", isNumber: true, cell: ({ megahertz }) => known(megahertz, "MHz") },
          { title: "Manufacturer", cell: ({ manufacturer }) => manufacturer },
          { title: "Part", cell: ({ partNumber }) => mono(partNumber) },
          { title: "Serial number", cell: ({ serialNumber }) => mono(serialNumber) },
        ]}
      />
      <TitledTable
        title="Disks"
        rows={disks}
        columns={[
          { title: "Disk", cell: ({ id }) => id },
          { title: "Size", width: "110px", isNumber: true, cell: ({ bytes }) => sizeOf(bytes, 1000) },
        ]}
      />
      <TitledTable
        title="Power supplies"
        rows={hardware.powerSupplies}
        columns={[
          { title: "Supply", cell: ({ id }) => id },
          { title: "Output", width: "110px", isNumber: true, cell: ({ milliwatts }) => known(milliwatts / 1000, "W") },
        ]}
      />
      <TitledTable
        title="Batteries"
        rows={hardware.batteries}
        columns={[
          { title: "Battery", cell: ({ id }) => id },
          {
            title: "Designed for",
            isNumber: true,
            cell: ({ designMilliwattHours }) => known(designMilliwattHours / 1000, "Wh"),
          },
          { title: "Holds", isNumber: true, cell: ({ fullMilliwattHours }) => known(fullMilliwattHours / 1000, "Wh") },
          { title: "Charged", isNumber: true, cell: ({ percentLeft }) => known(percentLeft, "%") },
        ]}
      />
      <TitledTable
        title="Fans"
        rows={hardware.fans}
        columns={[
          { title: "Fan", cell: ({ id }) => id },
          { title: "Active", width: "110px", cell: ({ isActive }) => (isActive ? "yes" : "no") },
        ]}
      />
      <TitledTable
        title="Sensors"
        rows={hardware.sensors}
        columns={[
          { title: "Sensor", cell: ({ id }) => id },
          { title: "State", cell: ({ state }) => state },
        ]}
      />
      <TitledTable
        title="PCI devices"
        rows={hardware.pciDevices}
        columns={[
          { title: "Location", cell: ({ location }) => mono(placeOf(location)) },
          { title: "Vendor", cell: ({ vendorId }) => mono(hex(vendorId, 4)) },
          { title: "Device", cell: ({ deviceId }) => mono(hex(deviceId, 4)) },
          { title: "Class", cell: ({ classCode, subclass }) => mono(`${hex(classCode, 2)}${hex(subclass, 2)}`) },
        ]}
      />
      <TitledTable
        title="Firmware"
        rows={Object.entries(firmware)}
        columns={[
          { title: "Part", cell: ([part]) => part },
          { title: "Version", cell: ([, version]) => mono(version) },
        ]}
      />
    </div>
  );
}

function mono(text: string) {
  return text === "" ? null : <span className="mono">{text}</span>;
}

function known(value: number, unit: string) {
  return value === 0 ? <span className="dim">unknown</span> : `${value.toLocaleString("en")} ${unit}`;
}

/** Memory is counted in powers of 1,024, disks in powers of 1,000, as on their labels. */
function sizeOf(bytes: number, base: 1000 | 1024) {
  const gigas = bytes / base ** 3;
  return gigas >= 1000 && base === 1000
    ? known(Number((gigas / 1000).toFixed(1)), "TB")
    : known(Math.round(gigas), "GB");
}

/** Bus, device and function. @source PCI Local Bus Specification 3.0, 3.2.2.3.2 */
function placeOf(location: number): string {
  return `${hex((location >> 8) & 0xff, 2)}:${hex((location >> 3) & 0x1f, 2)}.${location & 7}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
