import { ActionIcon, Button, Group } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Path } from "./draft.ts";
import { idOf, useField } from "./form.ts";
import type { Words } from "./words.ts";

interface ListFieldProps {
  readonly path: Path;
  /** How many the firmware takes. */
  readonly most: number;
  readonly words: Words;
  /** Draws one entry. */
  readonly children: (path: Path) => ReactNode;
}

/** Entries under each other; their order counts. */
export function ListField({ path, most, words, children }: ListFieldProps) {
  const { value, set } = useField(path);
  const entries: readonly unknown[] = Array.isArray(value) ? value : [];
  const { one = { title: "Entry" }, additions = {} } = words;
  const isFull = entries.length >= most;
  const moved = (from: number, to: number): void => {
    const next = [...entries];
    next.splice(to, 0, ...next.splice(from, 1));
    set(next);
  };
  return (
    <fieldset className="setting-list" id={idOf(path)}>
      <legend>{words.title}</legend>
      {words.help === undefined ? null : <p className="dim">{words.help}</p>}
      {entries.map((entry, index) => {
        const name = nameOf(entry) ?? `${one.title} ${index + 1}`;
        return (
          // Entries have no names of their own that stay while they are typed.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={index} className="setting-entry" role="group" aria-label={name}>
            <div className="setting-entry-head">
              <strong className="clip">{name}</strong>
              <Group gap={2} wrap="nowrap" ml="auto">
                <Tool
                  label={`Move ${name} up`}
                  Icon={IconArrowUp}
                  isOff={index === 0}
                  run={() => moved(index, index - 1)}
                />
                <Tool
                  label={`Move ${name} down`}
                  Icon={IconArrowDown}
                  isOff={index === entries.length - 1}
                  run={() => moved(index, index + 1)}
                />
                <Tool
                  label={`Remove ${name}`}
                  Icon={IconTrash}
                  run={() => set(entries.filter((_, other) => other !== index))}
                />
              </Group>
            </div>
            {children([...path, String(index)])}
          </div>
        );
      })}
      <Group gap={6}>
        {Object.entries(additions).map(([label, fresh]) => (
          <Button
            key={label}
            variant="default"
            size="compact-xs"
            leftSection={<IconPlus size={12} aria-hidden />}
            disabled={isFull}
            title={isFull ? `The firmware takes at most ${most}` : undefined}
            onClick={() => set([...entries, unlike(fresh, entries)])}
          >
            {label}
          </Button>
        ))}
      </Group>
    </fieldset>
  );
}

interface ToolProps {
  readonly label: string;
  readonly Icon: typeof IconTrash;
  readonly isOff?: boolean;
  readonly run: () => void;
}

function Tool({ label, Icon, isOff = false, run }: ToolProps) {
  return (
    <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} disabled={isOff} onClick={run}>
      <Icon size={14} aria-hidden />
    </ActionIcon>
  );
}

/** What an entry is called: by its name, its host, or itself. */
export function nameOf(entry: unknown): string | undefined {
  const name: unknown =
    typeof entry === "object" && entry !== null
      ? (Reflect.get(entry, "name") ?? Reflect.get(entry, "host"))
      : undefined;
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** A new entry, under a name that no other bears. */
function unlike(fresh: unknown, entries: readonly unknown[]): unknown {
  const name = nameOf(fresh);
  if (typeof fresh !== "object" || fresh === null || name === undefined) return fresh;
  const taken = new Set(entries.map(nameOf));
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`;
  return { ...fresh, name: free };
}
