import { Button, Group, Menu } from "@mantine/core";
import { IconChevronDown, IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { operations, type OperationName } from "@vigil/api/operations.ts";
import type { Device, Isolation } from "@vigil/api/resources/devices.ts";
import { Waiting } from "../parts/empty.tsx";
import { Code, Failure } from "../parts/failure.tsx";
import { Facts } from "../parts/facts.tsx";
import { notifyFailure } from "../parts/notify-failure.ts";
import { Age } from "../parts/now.tsx";
import { OperationDialog, type Intent } from "../parts/operation-dialog.tsx";
import { ChannelMark, DeviceStateMark, isolationWords, LifeMark, PowerMark } from "../parts/states.tsx";
import { deviceQuery, keys } from "../queries.ts";
import { useServer } from "../server.ts";
import { Page } from "../shell/page.tsx";
import { LifeMenu } from "./device-life.tsx";
import { DeviceTabs } from "./device-tab-bar.tsx";
import { intentFor } from "./fleet-actions.tsx";
import { deviceSearch } from "./searches.ts";

/** One device: what it is, how it stands, what happened to it. */
export function DevicePage() {
  const server = useServer();
  const { id = "" } = useParams({ strict: false });
  const { data: device, error, refetch } = useQuery(deviceQuery(server, id));
  const title = device?.hostName ?? device?.address ?? "Device";
  return (
    <Page
      title={title}
      above={{ to: "/", title: "Fleet" }}
      actions={device === undefined ? null : <Actions device={device} />}
    >
      {error !== null && device === undefined ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {device === undefined ? error === null ? <Waiting /> : null : <Body device={device} />}
    </Page>
  );
}

function Body({ device }: { readonly device: Device }) {
  const navigate = useNavigate();
  const current = deviceSearch(useSearch({ strict: false })).tab ?? "overview";
  // The explorer has a list of its own to the left; a picture wants all the room there is.
  const isWide = current === "explorer" || current === "screen" || current === "serial";
  const show = (name: string | null): void => {
    const search = deviceSearch(name === "overview" ? {} : { tab: name });
    void navigate({ to: "/devices/$id", params: { id: device.uuid }, search, replace: true });
  };
  return (
    <div className="device" data-wide={isWide}>
      {isWide ? null : (
        <aside className="device-side panel" aria-label="Facts">
          <Side device={device} />
        </aside>
      )}
      <DeviceTabs device={device} current={current} onShow={show} />
    </div>
  );
}

function Side({ device }: { readonly device: Device }) {
  const { error } = device;
  return (
    <>
      {error === null ? null : (
        <div className="device-error" role="alert">
          <strong>{error.message}</strong>
          <span>{error.next}.</span>
          <Code report={error} />
        </div>
      )}
      <Facts
        facts={[
          ["State", <DeviceStateMark key="state" state={device.state} step={device.step} />],
          [
            "Life",
            <span key="life" className="cell-row">
              <LifeMark life={device.life} />{" "}
              <span className="dim">{device.lifeSince === null ? null : <Age at={device.lifeSince} />}</span>
            </span>,
          ],
          [
            "Power",
            <span key="power" className="cell-row">
              <PowerMark power={device.power} />{" "}
              <span className="dim">{device.powerAt === null ? null : <Age at={device.powerAt} />}</span>
            </span>,
          ],
          ["Reachable", device.isReachable ? "Directly" : <span className="bad">Not reachable</span>],
          [
            "Isolated",
            device.isolation === null ? null : <IsolationFact key="isolated" isolation={device.isolation} />,
          ],
          ["Channel", <Posture key="channel" device={device} />],
          ["Seen", <Age key="seen" at={device.lastSeenAt} />],
          [
            "Address",
            <span key="address" className="mono">
              {device.address}
            </span>,
          ],
          [
            "UUID",
            <span key="uuid" className="mono wrap">
              {device.uuid}
            </span>,
          ],
          ["Model", [device.manufacturer, device.model].filter((one) => one !== null).join(" ")],
          ["Firmware", device.release],
          ["Profile", device.profile],
          ["Collections", device.collections.join(", ")],
        ]}
      />
    </>
  );
}

/** Since when the machine is cut off from the network, by whom and why. */
function IsolationFact({ isolation }: { readonly isolation: Isolation }) {
  const { state, since, by, reason, addresses, allowsDns } = isolation;
  const passes = ["DHCP", ...(allowsDns ? ["DNS"] : []), ...addresses].join(", ");
  return (
    <>
      <span className="bad">{isolationWords[state]}</span> since <Age at={since} /> by {by} because {reason}
      <span className="dim"> (passes: {passes})</span>
    </>
  );
}

/** How the device is reached; one without TLS says how it gets it. */
function Posture({ device }: { readonly device: Device }) {
  if (device.state !== "provisioned") return <span className="dim">none</span>;
  return (
    <>
      <ChannelMark channel={device.channel} />
      {device.channel === "plain" ? (
        <Link to="/devices/$id" params={{ id: device.uuid }} search={{ tab: "profile" }} className="posture-plan">
          Give its profile TLS and apply it: the device stays reachable meanwhile
        </Link>
      ) : null}
    </>
  );
}

function Actions({ device }: { readonly device: Device }) {
  const server = useServer();
  const cache = useQueryClient();
  const [intent, setIntent] = useState<Intent>();
  const store = (fresh: Device): void => void cache.setQueryData(keys.device(device.uuid), fresh);
  const params = { id: device.uuid };
  const refresh = useMutation({
    mutationFn: () => server.devices.refresh({ params }),
    onSuccess: store,
    onError: notifyFailure,
  });
  const provision = useMutation({
    mutationFn: () => server.devices.provision({ params }),
    onSuccess: store,
    onError: notifyFailure,
  });
  const ask = (operation: OperationName): void => setIntent(intentFor(operation, [device]));
  const isOurs = device.state === "provisioned";
  const why = isOurs ? undefined : "Only provisioned devices can be asked";
  return (
    <Group gap={8}>
      {isOurs ? (
        <Button
          variant="default"
          leftSection={<IconRefresh size={14} aria-hidden />}
          loading={refresh.isPending}
          onClick={() => refresh.mutate()}
        >
          Refresh
        </Button>
      ) : null}
      <Button
        variant="default"
        loading={provision.isPending}
        onClick={() => provision.mutate()}
        disabled={device.state === "provisioning" || device.state === "retired"}
      >
        Provision again
      </Button>
      <Group gap={0} wrap="nowrap">
        <Button className="split-left" disabled={!isOurs} title={why} onClick={() => ask("power.on")}>
          {operations["power.on"].verb}
        </Button>
        <Menu position="bottom-end" disabled={!isOurs}>
          <Menu.Target>
            <Button className="split-right" px={6} disabled={!isOurs} title={why} aria-label="More power actions">
              <IconChevronDown size={14} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {(["power.state", "power.cycle", "power.reset", "power.off"] as const).map((name) => (
              <Menu.Item key={name} onClick={() => ask(name)}>
                {operations[name].verb}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Menu position="bottom-end" disabled={!isOurs}>
        <Menu.Target>
          <Button
            variant="default"
            disabled={!isOurs}
            title={why}
            rightSection={<IconChevronDown size={14} aria-hidden />}
          >
            Network
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => ask("network.isolate")}>{operations["network.isolate"].verb}</Menu.Item>
          <Menu.Item onClick={() => ask("network.release")}>{operations["network.release"].verb}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <LifeMenu device={device} onUnprovision={() => ask("device.unprovision")} />
      <OperationDialog intent={intent} onClose={() => setIntent(undefined)} />
    </Group>
  );
}
