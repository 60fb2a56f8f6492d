import { Button, Group, Menu, Tabs } from "@mantine/core";
import { IconChevronDown, IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { DeviceLog } from "@vigil/api/resources/readings.ts";
import type { Visit, VisitPowerAction } from "@vigil/api/resources/visits.ts";
import { Empty, Waiting } from "../../parts/empty.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { notifyFailure } from "../../parts/notify-failure.ts";
import { Age } from "../../parts/now.tsx";
import { PowerMark } from "../../parts/states.tsx";
import { keys, visitQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { HardwareParts } from "../device-hardware.tsx";
import { LogEntries, LogStateWords } from "../device-log.tsx";
import { visitSearch, type VisitSearch } from "../searches.ts";
import { AdoptDialog, PowerDialog } from "./visit-dialogs.tsx";

/** One visited device: who it is, its power, its logs; and adopting it. */
export function VisitPage({ id }: { readonly id: string }) {
  const { data: visit, error } = useQuery(visitQuery(useServer(), id));
  const above = { to: "/by-address", title: "By address" } as const;
  if (visit === undefined) {
    return (
      <Page title="Visit" above={above}>
        {error === null ? <Waiting /> : <Failure error={error} />}
      </Page>
    );
  }
  return (
    <Page
      title={visit.device.hostName === "" ? visit.host : visit.device.hostName}
      above={above}
      actions={<Actions visit={visit} />}
    >
      <div className="device">
        <aside className="device-side panel" aria-label="Facts">
          <Side visit={visit} />
        </aside>
        <Parts visit={visit} />
      </div>
    </Page>
  );
}

function Side({ visit: { host, over, username, endsAt, device, isKnown } }: { readonly visit: Visit }) {
  return (
    <Facts
      facts={[
        [
          "Address",
          <span key="host" className="mono">
            {host}
          </span>,
        ],
        ["Reached", over === "tls" ? "over TLS, by its fingerprint" : <span className="bad">without TLS</span>],
        ["As", username],
        [
          "Registry",
          isKnown ? (
            <Link key="known" to="/devices/$id" params={{ id: device.uuid }}>
              knows it
            </Link>
          ) : (
            "does not know it"
          ),
        ],
        [
          "Power",
          <span key="power" className="cell-row">
            <PowerMark power={device.power} />{" "}
            <span className="dim">
              <Age at={device.readAt} />
            </span>
          </span>,
        ],
        [
          "UUID",
          <span key="uuid" className="mono wrap">
            {device.uuid}
          </span>,
        ],
        ["Firmware", device.release],
        ["Control mode", device.controlMode],
        ["Model", [device.manufacturer, device.model].filter((one) => one !== "").join(" ")],
        ["Serial number", device.serialNumber],
        ["Ends by itself", new Date(endsAt).toLocaleTimeString()],
      ]}
    />
  );
}

function Actions({ visit }: { readonly visit: Visit }) {
  const server = useServer();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [action, setAction] = useState<VisitPowerAction>();
  const [isAdopting, setAdopting] = useState(false);
  const params = { id: visit.id };
  const refresh = useMutation({
    mutationFn: () => server.visits.refresh({ params }),
    onSuccess: (fresh) => cache.setQueryData(keys.visit(visit.id), fresh),
    onError: notifyFailure,
  });
  const end = useMutation({
    mutationFn: () => server.visits.close({ params }),
    onSuccess: async () => {
      await navigate({ to: "/by-address", search: {} });
      cache.removeQueries({ queryKey: keys.visit(visit.id) });
      await cache.invalidateQueries({ queryKey: keys.visits });
    },
    onError: notifyFailure,
  });
  return (
    <Group gap="xs" wrap="nowrap">
      <Button
        variant="default"
        leftSection={<IconRefresh size={14} aria-hidden />}
        loading={refresh.isPending}
        onClick={() => refresh.mutate()}
      >
        Refresh
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
            Power
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {(["on", "cycle", "reset", "off"] as const).map((one) => (
            <Menu.Item key={one} onClick={() => setAction(one)}>
              {powerVerbs[one]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button variant="default" loading={end.isPending} onClick={() => end.mutate()}>
        End visit
      </Button>
      {visit.isKnown ? null : <Button onClick={() => setAdopting(true)}>Adopt device</Button>}
      <PowerDialog
        visit={visit}
        action={action}
        onClose={(isDone) => {
          setAction(undefined);
          if (isDone) refresh.mutate();
        }}
      />
      <AdoptDialog visit={visit} isOpen={isAdopting} onClose={() => setAdopting(false)} />
    </Group>
  );
}

const powerVerbs = {
  on: "Power on",
  off: "Power off",
  cycle: "Cycle power",
  reset: "Reset",
} as const satisfies Readonly<Record<VisitPowerAction, string>>;

function Parts({ visit }: { readonly visit: Visit }) {
  const navigate = useNavigate();
  const current = visitSearch(useSearch({ strict: false })).tab ?? "hardware";
  const show = (name: string | null): void => {
    const search: VisitSearch = visitSearch({ visit: visit.id, tab: name });
    void navigate({ to: "/by-address", search, replace: true });
  };
  return (
    <Tabs value={current} onChange={show} className="device-tabs" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="hardware">Hardware</Tabs.Tab>
        <Tabs.Tab value="events">Events</Tabs.Tab>
        <Tabs.Tab value="audit-log">Audit log</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="hardware" className="device-panel">
        <VisitHardware visit={visit} />
      </Tabs.Panel>
      <Tabs.Panel value="events" className="device-panel">
        <VisitLog visit={visit} log="event" />
      </Tabs.Panel>
      <Tabs.Panel value="audit-log" className="device-panel">
        <VisitLog visit={visit} log="audit" />
      </Tabs.Panel>
    </Tabs>
  );
}

function VisitHardware({ visit: { id } }: { readonly visit: Visit }) {
  const server = useServer();
  const { data, error, refetch } = useQuery({
    queryKey: [...keys.visit(id), "hardware"],
    queryFn: ({ signal }) => server.visits.hardware({ params: { id }, signal }),
    retry: false,
  });
  if (data === undefined)
    return error === null ? <Waiting /> : <Failure error={error} onRetry={() => void refetch()} />;
  return <HardwareParts hardware={data.hardware} />;
}

function VisitLog({ visit: { id }, log }: { readonly visit: Visit; readonly log: DeviceLog }) {
  const server = useServer();
  const { data, error, refetch } = useQuery({
    queryKey: [...keys.visit(id), log],
    queryFn: ({ signal }) => server.visits.log({ params: { id, log }, signal }),
    retry: false,
  });
  if (data === undefined)
    return error === null ? <Waiting /> : <Failure error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <LogStateWords state={data.state} log={log} />
      {data.items.length === 0 ? (
        <Empty title="The device's log is empty" />
      ) : (
        <LogEntries entries={data.items} log={log} />
      )}
    </>
  );
}
