import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { operations } from "@vigil/api/operations.ts";
import type { DriftRow } from "@vigil/api/resources/drift.ts";
import { countOf, devicesOf } from "../ages.ts";
import { Empty, Waiting } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { useKeys } from "../parts/keys.ts";
import { Age } from "../parts/now.tsx";
import { OperationDialog, type Intent } from "../parts/operation-dialog.tsx";
import { extended, nothingSelected, selectionOf, toggled } from "../parts/selection.ts";
import { Table } from "../parts/table.tsx";
import type { Column } from "../parts/table-columns.ts";
import { useWindows } from "../parts/windows.ts";
import { driftSettingsQuery, fetchDrift, keys, summaryQuery } from "../queries.ts";
import { useServer } from "../server.ts";
import { Page } from "../shell/page.tsx";
import { titleOf } from "./profiles/named-change.ts";
import { driftSearch } from "./searches.ts";

/** A run takes at most this many devices; so does "select all". */
const mostSelected = 20_000;

/** Devices that are not as their profile says, by the setting in which they differ. */
export function DriftPage() {
  const server = useServer();
  const [intent, setIntent] = useState<Intent>();
  const { data: fleet } = useQuery(summaryQuery(server));
  const provisioned = fleet?.provisioned ?? 0;
  const compareAll = (): void =>
    setIntent({
      operation: "profile.look",
      target: { collection: "Provisioned" },
      count: provisioned,
      words: `${devicesOf(provisioned)} in Provisioned`,
      unmanaged: 0,
    });
  return (
    <Page
      title="Drift"
      actions={
        <Button
          variant="default"
          onClick={compareAll}
          disabled={provisioned === 0}
          title={provisioned === 0 ? "No device is provisioned" : undefined}
        >
          Compare all
        </Button>
      }
    >
      <Body onIntent={setIntent} onCompare={compareAll} provisioned={provisioned} />
      <OperationDialog intent={intent} onClose={() => setIntent(undefined)} />
    </Page>
  );
}

interface BodyProps {
  readonly provisioned: number;
  readonly onIntent: (intent: Intent) => void;
  readonly onCompare: () => void;
}

function Body({ provisioned, onIntent, onCompare }: BodyProps) {
  const { data, error, refetch } = useQuery(driftSettingsQuery(useServer()));
  const { setting } = driftSearch(useSearch({ strict: false }));
  if (data === undefined) {
    return error === null ? <Waiting rows={10} /> : <Failure error={error} onRetry={() => void refetch()} />;
  }
  const { items, differing, alike } = data;
  if (differing === 0) {
    return (
      <Empty
        title={
          alike === 0 ? "No device has been compared yet" : "Every device that was compared is as its profile says"
        }
      >
        {alike === 0 ? "Comparing reads the devices and changes nothing on them. " : `${devicesOf(alike)} compared. `}
        {provisioned === 0 ? (
          "There are no provisioned devices."
        ) : (
          <Button variant="default" size="compact-xs" onClick={onCompare}>
            Compare {devicesOf(provisioned)}
          </Button>
        )}
      </Empty>
    );
  }
  return (
    <div className="drift">
      <nav className="drift-settings" aria-label="Settings">
        <SettingLink title="Any setting" count={differing} setting={undefined} />
        {items.map((one) => (
          <SettingLink key={one.setting} title={titleOf(one.setting)} count={one.devices} setting={one.setting} />
        ))}
        <p className="dim drift-note">
          {devicesOf(alike)} as their profiles say.{" "}
          {provisioned > alike + differing ? `${devicesOf(provisioned - alike - differing)} not compared yet.` : ""}
        </p>
      </nav>
      <Devices key={setting ?? ""} setting={setting} onIntent={onIntent} />
    </div>
  );
}

interface SettingLinkProps {
  readonly title: string;
  readonly count: number;
  readonly setting: string | undefined;
}

function SettingLink({ title, count, setting }: SettingLinkProps) {
  return (
    <Link
      to="/drift"
      search={setting === undefined ? {} : { setting }}
      replace
      className="drift-setting"
      activeOptions={{ exact: true, includeSearch: true }}
      title={setting}
    >
      <span className="clip">{title}</span>
      <span className="rail-count">{countOf(count)}</span>
    </Link>
  );
}

/** Those that differ in the chosen setting; some or all of them can be brought to their profile. */
function Devices({
  setting,
  onIntent,
}: {
  readonly setting: string | undefined;
  readonly onIntent: (one: Intent) => void;
}) {
  const server = useServer();
  const navigate = useNavigate();
  const list = useWindows({ queryKey: [...keys.driftWindows, setting ?? ""], fetch: fetchDrift(server, setting) });
  const [selection, setSelection] = useState(nothingSelected<DriftRow>());
  const [active, setActive] = useState(0);
  const keyOf = ({ uuid }: DriftRow): string => uuid;
  const selectAll = async (): Promise<void> => {
    if (selection.rows.size > 0 && selection.rows.size === list.total) return setSelection(nothingSelected());
    const only = setting === undefined ? {} : { setting };
    const { items } = await server.drift.list({ query: { ...only, limit: mostSelected } });
    setSelection(selectionOf(items, keyOf));
  };
  useKeys({ "mod+a": () => void selectAll(), Escape: () => setSelection(nothingSelected()) });
  const chosen = [...selection.rows.values()];
  const [only] = chosen;
  const words = chosen.length === 1 && only !== undefined ? nameOf(only) : devicesOf(chosen.length);
  const target = { devices: chosen.map(keyOf) };
  return (
    <div className="drift-devices">
      {list.error !== null && list.total === undefined ? <Failure error={list.error} onRetry={list.askAgain} /> : null}
      {list.total === 0 ? (
        <Empty title="No device differs in it any more" />
      ) : (
        <Table
          id="drift"
          label="Devices that differ"
          columns={columnsFor(setting)}
          total={list.total ?? 12}
          rowAt={list.rowAt}
          keyOf={keyOf}
          nameOf={nameOf}
          onRange={list.onRange}
          active={active}
          onActive={setActive}
          onOpen={(index) => {
            const row = list.rowAt(index);
            if (row !== undefined) {
              void navigate({ to: "/devices/$id", params: { id: row.uuid }, search: { tab: "profile" } });
            }
          }}
          isOld={list.isOld}
          selection={{
            has: (key) => selection.rows.has(key),
            extent: selection.rows.size === 0 ? "none" : selection.rows.size === list.total ? "all" : "some",
            onAll: () => void selectAll(),
            onToggle: (index, isRange) => {
              const row = list.rowAt(index);
              if (row === undefined) return;
              setSelection((old) =>
                isRange ? extended(old, index, list.rowAt, keyOf) : toggled(old, index, row.uuid, row),
              );
            },
          }}
        />
      )}
      {chosen.length === 0 ? null : (
        <section className="action-bar" aria-label="Actions on the selection">
          <strong role="status">{devicesOf(chosen.length)} selected</strong>
          <span className="dim">at most {countOf(mostSelected)} at once</span>
          <Group gap={6} ml="auto">
            {(["profile.look", "profile.apply"] as const).map((operation) => (
              <Button
                key={operation}
                variant={operation === "profile.apply" ? "filled" : "default"}
                onClick={() => onIntent({ operation, target, count: chosen.length, words, unmanaged: 0 })}
              >
                {operations[operation].verb}
              </Button>
            ))}
          </Group>
        </section>
      )}
    </div>
  );
}

function nameOf({ hostName, address }: DriftRow): string {
  return hostName ?? address;
}

function columnsFor(setting: string | undefined): readonly Column<DriftRow>[] {
  return [
    {
      name: "device",
      title: "Device",
      min: 150,
      grow: 1,
      cell: (row) => (
        <Link to="/devices/$id" params={{ id: row.uuid }} search={{ tab: "profile" }} tabIndex={-1}>
          {nameOf(row)}
        </Link>
      ),
    },
    ...(setting === undefined ? [inShort] : valuesOf(setting)),
    {
      name: "profile",
      title: "Profile",
      min: 140,
      grow: 0,
      cell: ({ profile, version }) => (
        <Link to="/profiles/$name" params={{ name: profile }} tabIndex={-1}>
          {profile}, version {version}
        </Link>
      ),
    },
    { name: "looked", title: "Compared", min: 100, grow: 0, cell: ({ lookedAt }) => <Age at={lookedAt} /> },
  ];
}

const inShort: Column<DriftRow> = {
  name: "settings",
  title: "Differs in",
  min: 260,
  grow: 2,
  cell: ({ differences }) => differences.map(({ setting }) => titleOf(setting)).join(", "),
};

function valuesOf(setting: string): readonly Column<DriftRow>[] {
  const of = (row: DriftRow) => row.differences.find((one) => one.setting === setting);
  return [
    {
      name: "found",
      title: "Found",
      min: 140,
      grow: 1,
      cell: (row) => <span title={of(row)?.found}>{of(row)?.found}</span>,
    },
    {
      name: "wanted",
      title: "Wanted",
      min: 140,
      grow: 1,
      cell: (row) => <span title={of(row)?.wanted}>{of(row)?.wanted}</span>,
    },
  ];
}
