import { Tabs } from "@mantine/core";
import { lazy, Suspense, type ComponentType } from "react";
import type { Device } from "@vigil/api/resources/devices.ts";
import { Waiting } from "../parts/empty.tsx";
import { DeviceAccounts } from "./accounts/device-accounts.tsx";
import { DeviceBoot } from "./boot/device-boot.tsx";
import { DeviceDisk } from "./device-disk.tsx";
import { DeviceHardware } from "./device-hardware.tsx";
import { DeviceAuditLog, DeviceEvents } from "./device-log.tsx";
import { DeviceProfile } from "./device-profile.tsx";
import { DeviceScreen } from "./device-screen.tsx";
import { DeviceSetup } from "./device-setup.tsx";
import { DeviceSecurity, DeviceTimeline } from "./device-tabs.tsx";
import { DeviceExplorer } from "./explorer/explorer.tsx";
import { DeviceCertificates } from "./held-certificates/device-certificates.tsx";
import { DeviceNetwork } from "./network/device-network.tsx";
import type { DeviceSearch } from "./searches.ts";

interface TabProps {
  readonly device: Device;
}

type TabName = NonNullable<DeviceSearch["tab"]>;
type Tab = readonly [name: TabName, title: string, Content: ComponentType<TabProps>];
type TabGroup = readonly [title: string, tabs: readonly [Tab, ...Tab[]]];

/** With its terminal, which nothing else needs. */
const DeviceSerial = lazy(async () => ({ default: (await import("./device-serial.tsx")).DeviceSerial }));

/** What belongs together has one place in the first line, and its tabs in a second one: all of it fits a narrow screen. */
const groups: readonly TabGroup[] = [
  ["Overview", [["overview", "Overview", DeviceTimeline]]],
  ["Screen", [["screen", "Screen", DeviceScreen]]],
  ["Serial", [["serial", "Serial", DeviceSerial]]],
  [
    "Boot",
    [
      ["boot", "Next start", DeviceBoot],
      ["disk", "Disk", DeviceDisk],
    ],
  ],
  ["Hardware", [["hardware", "Hardware", DeviceHardware]]],
  ["Network", [["network", "Network", DeviceNetwork]]],
  [
    "Security",
    [
      ["security", "Posture", DeviceSecurity],
      ["accounts", "Accounts", DeviceAccounts],
      ["certificates", "Certificates", DeviceCertificates],
    ],
  ],
  ["Profile", [["profile", "Profile", DeviceProfile]]],
  ["Set-up", [["setup", "Set-up", DeviceSetup]]],
  [
    "Logs",
    [
      ["events", "Events", DeviceEvents],
      ["audit-log", "Audit log", DeviceAuditLog],
    ],
  ],
  ["Explorer", [["explorer", "Explorer", DeviceExplorer]]],
];

interface BarProps extends TabProps {
  readonly current: TabName;
  readonly onShow: (name: string | null) => void;
}

/** All tabs of a device's page, and what the current one shows. */
export function DeviceTabs({ device, current, onShow }: BarProps) {
  const open = groups.find(([, tabs]) => tabs.some(([name]) => name === current)) ?? groups[0];
  return (
    <Tabs
      value={open?.[0] ?? null}
      onChange={(title) => onShow(firstIn(title))}
      className="device-tabs"
      keepMounted={false}
    >
      <Tabs.List>
        {groups.map(([title]) => (
          <Tabs.Tab key={title} value={title}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {groups.map(([title, tabs]) => (
        <Tabs.Panel key={title} value={title} className="device-panel">
          <Inside title={title} tabs={tabs} device={device} current={current} onShow={onShow} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function firstIn(title: string | null): TabName | null {
  return groups.find(([one]) => one === title)?.[1][0][0] ?? null;
}

function Inside({
  title,
  tabs,
  device,
  current,
  onShow,
}: BarProps & { readonly title: string; readonly tabs: TabGroup[1] }) {
  const [first, ...others] = tabs;
  if (others.length === 0) return <Content tab={first} device={device} />;
  return (
    <Tabs value={current} onChange={onShow} variant="pills" keepMounted={false}>
      <Tabs.List className="device-subtabs" aria-label={title}>
        {tabs.map(([name, word]) => (
          <Tabs.Tab key={name} value={name}>
            {word}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Panel key={tab[0]} value={tab[0]}>
          <Content tab={tab} device={device} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function Content({ tab: [, , Shown], device }: TabProps & { readonly tab: Tab }) {
  return (
    <Suspense fallback={<Waiting />}>
      <Shown device={device} />
    </Suspense>
  );
}
