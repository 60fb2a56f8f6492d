import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState, type KeyboardEvent, type Ref } from "react";
import type { ModelClass } from "@vigil/api/resources/explorer.ts";
import { gateOf } from "./request.ts";

interface ClassListProps {
  readonly classes: readonly ModelClass[];
  readonly lacking: readonly string[];
  readonly release: string | null;
  readonly chosen: string | undefined;
  readonly onChoose: (name: string) => void;
  readonly find: Ref<HTMLInputElement>;
}

const families = ["AMT", "CIM", "IPS"] as const;

interface Found {
  readonly definition: ModelClass;
  /** A method or property that the filter found, when it is not the name. */
  readonly by: string | undefined;
}

/** Every class by family. One stop in the tab order: typing filters, arrows move, Enter chooses. */
export function ClassList({ classes, lacking, release, chosen, onChoose, find }: ClassListProps) {
  const [filter, setFilter] = useState("");
  const [active, setActive] = useState<string>();
  const found = foundIn(classes, filter.trim().toLowerCase());
  const groups = families.map((family) => ({
    family,
    rows: found.filter(({ definition }) => definition.name.startsWith(`${family}_`)),
  }));
  const names = groups.flatMap(({ rows }) => rows.map(({ definition }) => definition.name));
  const current = [active, chosen, names[0]].find((name) => name !== undefined && names.includes(name));
  const hasMoved = useRef(false);
  useEffect(() => {
    if (current === undefined) return;
    // A link to a class shows it among its neighbours; after that the list moves no more than it must.
    const block = hasMoved.current ? "nearest" : "center";
    hasMoved.current = true;
    document.getElementById(idOf(current))?.scrollIntoView({ block });
  }, [current]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const at = current === undefined ? -1 : names.indexOf(current);
    const page = 12;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
    };
    const to = steps[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (to !== undefined) setActive(names[Math.max(0, Math.min(names.length - 1, to))]);
    else if (event.key === "Enter" && current !== undefined) onChoose(current);
    else if (event.key === "Escape" && filter !== "") setFilter("");
    else return;
    event.preventDefault();
  };

  return (
    <section className="explorer-classes panel" aria-label="Classes">
      <TextInput
        ref={find}
        className="explorer-find"
        leftSection={<IconSearch size={14} aria-hidden />}
        placeholder="Class, method or property  ( / )"
        aria-label="Find a class"
        role="combobox"
        aria-expanded
        aria-autocomplete="list"
        aria-controls="explorer-classes"
        aria-activedescendant={current === undefined ? undefined : idOf(current)}
        value={filter}
        onChange={({ currentTarget: { value } }) => {
          setFilter(value);
          setActive(undefined);
        }}
        onKeyDown={onKeyDown}
      />
      <div id="explorer-classes" role="listbox" aria-label="Classes" className="explorer-list" tabIndex={-1}>
        {groups.map(({ family, rows }) =>
          rows.length === 0 ? null : (
            <div key={family} role="group" aria-label={family}>
              <p className="explorer-family" aria-hidden>
                {family} <span>{rows.length}</span>
              </p>
              {rows.map(({ definition, by }) => (
                <Row
                  key={definition.name}
                  definition={definition}
                  by={by}
                  gate={gateOf(definition, lacking, release)}
                  isChosen={definition.name === chosen}
                  isActive={definition.name === current}
                  onChoose={onChoose}
                />
              ))}
            </div>
          ),
        )}
      </div>
      <p className="explorer-found dim" role="status">
        {found.length === classes.length ? `${classes.length} classes` : `${found.length} of ${classes.length} classes`}
      </p>
    </section>
  );
}

interface RowProps {
  readonly definition: ModelClass;
  readonly by: string | undefined;
  readonly gate: string | undefined;
  readonly isChosen: boolean;
  readonly isActive: boolean;
  readonly onChoose: (name: string) => void;
}

function Row({ definition: { name }, by, gate, isChosen, isActive, onChoose }: RowProps) {
  return (
    <div
      id={idOf(name)}
      role="option"
      aria-selected={isChosen}
      data-active={isActive}
      data-lacking={gate !== undefined}
      className="explorer-class"
      title={gate === undefined ? name : `${name}: ${gate}`}
      onClick={() => onChoose(name)}
    >
      <span className="clip">
        <span className="explorer-prefix">{name.slice(0, 4)}</span>
        {name.slice(4)}
      </span>
      {gate === undefined ? null : <span className="explorer-gate clip">{gate.split(":")[0]}</span>}
      {by === undefined ? null : <span className="explorer-by clip">{by}</span>}
    </div>
  );
}

function idOf(name: string): string {
  return `class-${name}`;
}

/** By name; what only has such a method or property comes after those. */
function foundIn(classes: readonly ModelClass[], filter: string): readonly Found[] {
  if (filter === "") return classes.map((definition) => ({ definition, by: undefined }));
  const hits = (name: string): boolean => name.toLowerCase().includes(filter);
  const named = classes.filter(({ name }) => hits(name)).map((definition) => ({ definition, by: undefined }));
  const others = classes.flatMap((definition): Found[] => {
    if (hits(definition.name)) return [];
    const method = definition.methods.find(({ name }) => hits(name))?.name;
    const by = method ?? definition.properties.find(({ name }) => hits(name))?.name;
    return by === undefined ? [] : [{ definition, by }];
  });
  return [...named, ...others];
}
