import { Button, Drawer } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Explored, ModelClass } from "@vigil/api/resources/explorer.ts";
import { Table } from "../../parts/table.tsx";
import type { Column } from "../../parts/table-columns.ts";
import { InstanceTable, ShownValue } from "./instance-table.tsx";
import { selectorsOfInstance } from "./request.ts";
import { columnsOf, isRecord, shownOf, type Reference } from "./values.ts";

interface InstancesProps {
  readonly answer: Explored;
  readonly values: readonly unknown[];
  readonly classes: ReadonlyMap<string, ModelClass>;
  readonly onReference: (to: Reference) => void;
}

interface Instance {
  readonly index: number;
  readonly className: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** What was enumerated: a row for each instance; Enter opens one beside the list. */
export function Instances({ answer, values, classes, onReference }: InstancesProps) {
  const [active, setActive] = useState(0);
  const [opened, setOpened] = useState<Instance>();
  // Thousands of instances are looked through for their columns once, not at every step of the arrow keys.
  const rows = useMemo(() => rowsOf(answer, values), [answer, values]);
  const latest = useRef(onReference);
  useEffect(() => {
    latest.current = onReference;
  });
  const columns = useMemo(() => columnsFor(rows, answer, classes, (to) => latest.current(to)), [rows, answer, classes]);
  const definition = opened === undefined ? undefined : classes.get(opened.className);
  const keys = opened === undefined || definition === undefined ? {} : selectorsOfInstance(definition, opened.value);
  return (
    <>
      <Table
        id="instances"
        label={`Instances of ${answer.class}`}
        columns={columns}
        total={rows.length}
        rowAt={(index) => rows[index]}
        keyOf={({ index }) => String(index)}
        nameOf={({ className, index }) => `${className} ${index + 1}`}
        active={Math.min(active, rows.length - 1)}
        onActive={setActive}
        onOpen={(index) => setOpened(rows[index])}
        openKey={opened === undefined ? undefined : String(opened.index)}
      />
      <Drawer
        opened={opened !== undefined}
        onClose={() => setOpened(undefined)}
        size={640}
        overlayProps={{ backgroundOpacity: 0.25 }}
        title={<span className="mono">{opened?.className}</span>}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {opened === undefined ? null : (
          <>
            <Button
              variant="default"
              mb="sm"
              onClick={() => {
                setOpened(undefined);
                onReference({ className: opened.className, selectors: keys });
              }}
            >
              Get this instance alone
            </Button>
            <InstanceTable
              label={`Instance of ${opened.className}`}
              value={opened.value}
              members={membersOf(definition)}
              unknown={answer.unknown}
              unreadable={answer.unreadable}
              onReference={(to) => {
                setOpened(undefined);
                onReference(to);
              }}
            />
          </>
        )}
      </Drawer>
    </>
  );
}

function rowsOf(answer: Explored, values: readonly unknown[]): readonly Instance[] {
  return values.map((value, index) => {
    const className = answer.classes[index] ?? answer.class;
    return { index, className, value: isRecord(value) ? value : {} };
  });
}

function columnsFor(
  rows: readonly Instance[],
  answer: Explored,
  classes: ReadonlyMap<string, ModelClass>,
  onReference: (to: Reference) => void,
): readonly Column<Instance>[] {
  const kinds = [...new Set(rows.map(({ className }) => className))];
  const members = new Map(kinds.map((name) => [name, membersOf(classes.get(name))]));
  const keys = new Set(
    [...members.values()].flatMap((of) => [...of].flatMap(([name, one]) => (one.isKey ? name : []))),
  );
  const names = columnsOf(
    rows.map(({ value }) => value),
    keys,
  );
  const number = { name: "#", title: "#", min: 48, grow: 0, cell: ({ index }: Instance) => index + 1 };
  const kind = { name: "class", title: "Class", min: 200, grow: 1, cell: ({ className }: Instance) => className };
  const rest = names.map((name) => ({
    name,
    title: answer.unknown.includes(name) ? `${name} (not in the model)` : name,
    min: widthOf(name, rows, members),
    grow: 1,
    cell: ({ value, className }: Instance) => {
      if (!Object.hasOwn(value, name)) return <span className="dim">—</span>;
      const shown = shownOf(value[name], members.get(className)?.get(name));
      const { meaning, text } = shown;
      const isWord = meaning !== undefined && members.get(className)?.get(name)?.type === "enum";
      return (
        <span title={isWord ? `${text}: ${meaning}` : text}>
          {isWord ? (
            <>
              {meaning} <span className="dim">{text}</span>
            </>
          ) : (
            <ShownValue shown={shown} onReference={onReference} />
          )}
        </span>
      );
    },
  }));
  return [number, ...(kinds.length > 1 ? [kind] : []), ...rest];
}

/** Wide enough for the title and for most of what the first rows hold. Chosen: 7 px a character. */
function widthOf(
  name: string,
  rows: readonly Instance[],
  members: ReadonlyMap<string, ReturnType<typeof membersOf>>,
): number {
  const texts = rows.slice(0, 50).map(({ value, className }) => {
    const { text, meaning = "" } = shownOf(value[name], members.get(className)?.get(name));
    return text.length + meaning.length;
  });
  const longest = Math.max(name.length + 2, ...texts);
  return Math.min(320, 28 + longest * 7);
}

export function membersOf(definition: ModelClass | undefined): ReadonlyMap<string, ModelClass["properties"][number]> {
  return new Map((definition?.properties ?? []).map((one) => [one.name, one]));
}
