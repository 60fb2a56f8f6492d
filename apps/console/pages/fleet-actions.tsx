import { ActionIcon, Button, Group } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { operations, type OperationName } from "@vigil/api/operations.ts";
import type { DeviceSummary } from "@vigil/api/resources/devices.ts";
import { countOf, devicesOf } from "../ages.ts";
import type { Intent } from "../parts/operation-dialog.tsx";

/** In the order of the bar: the one that only asks first. */
const offered: readonly OperationName[] = [
  "power.state",
  "power.on",
  "power.cycle",
  "power.reset",
  "power.off",
  "boot.once",
  "network.isolate",
  "secret.rotate",
];

interface ActionBarProps {
  readonly devices: readonly DeviceSummary[];
  readonly most: number;
  readonly onIntent: (intent: Intent) => void;
  /** A job is to be started on them. */
  readonly onJob: () => void;
  readonly onClear: () => void;
}

/** What can be done with the chosen devices, and how many they are. */
export function ActionBar({ devices, most, onIntent, onJob, onClear }: ActionBarProps) {
  const count = devices.length;
  if (count === 0) return null;
  return (
    <section className="action-bar" aria-label="Actions on the selection">
      <strong role="status">{devicesOf(count)} selected</strong>
      <span className="dim">at most {countOf(most)} at once</span>
      <Group gap={6} ml="auto">
        {offered.map((operation) => (
          <Button
            key={operation}
            variant={operation === "power.cycle" ? "filled" : "default"}
            onClick={() => onIntent(intentFor(operation, devices))}
          >
            {operations[operation].verb}
          </Button>
        ))}
        <Button variant="default" onClick={onJob}>
          Run a job
        </Button>
        <ActionIcon variant="subtle" color="gray" aria-label="Clear the selection" onClick={onClear}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </Group>
    </section>
  );
}

/** The operation on these devices, in words. */
export function intentFor(
  operation: OperationName,
  devices: readonly Pick<DeviceSummary, "uuid" | "hostName" | "address" | "state">[],
): Intent {
  const [only] = devices;
  return {
    operation,
    target: { devices: devices.map(({ uuid }) => uuid) },
    count: devices.length,
    words: devices.length === 1 && only !== undefined ? (only.hostName ?? only.address) : devicesOf(devices.length),
    unmanaged: devices.filter(({ state }) => state !== "provisioned").length,
  };
}
