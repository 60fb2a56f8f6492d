import { Button, Checkbox, NativeSelect, NumberInput, Textarea, TextInput } from "@mantine/core";
import { operationNames, operations, parametersOf, type OperationName } from "@vigil/api/operations.ts";
import { pathOf, valueAt, type Place } from "@vigil/api/resources/job-steps.ts";
import { ParameterSelect } from "../../parts/parameter-select.tsx";
import { ConditionFields } from "./condition.tsx";
import {
  freshName,
  kindAt,
  kindWords,
  listAt,
  nameAt,
  namesBefore,
  withEntry,
  withoutEntry,
  withValue,
  type Draft,
} from "./draft.ts";
import type { SeenProblem } from "./editing.ts";
import { Problems } from "./problems.tsx";
import { branchName } from "./step-list.tsx";

export interface PartProps {
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly place: Place;
  readonly problems: readonly SeenProblem[];
}

/** One step: its name, what it does, when, and what follows when it fails. */
export function StepForm({ draft, onDraft, place, problems }: PartProps) {
  const kind = kindAt(draft, place);
  const set = (keys: Place, value: unknown): void => onDraft(withValue(draft, [...place, ...keys], value));
  const own = problems.filter(({ path }) => path === pathOf(place) || path.startsWith(`${pathOf(place)}.`));
  const has = (key: string): boolean => valueAt(draft, [...place, key]) !== undefined;
  return (
    <div className="form padded">
      <Problems problems={own} />
      <TextInput
        label="Name"
        description="Unique in this job; conditions and results speak of it"
        value={nameAt(draft, place)}
        maxLength={60}
        onChange={({ currentTarget }) => set(["name"], currentTarget.value)}
      />
      {kind === undefined ? null : <p className="dim">{kindWords[kind].about}.</p>}
      <KindFields draft={draft} onDraft={onDraft} place={place} problems={problems} />
      <fieldset className="part">
        <legend>When</legend>
        <ConditionFields
          condition={valueAt(draft, [...place, "when"])}
          onCondition={(when) => set(["when"], when)}
          earlier={namesBefore(draft, place)}
        />
      </fieldset>
      <fieldset className="part">
        <legend>When it fails</legend>
        <Checkbox
          label="Go on as if it had succeeded"
          checked={valueAt(draft, [...place, "mayFail"]) === true}
          onChange={({ currentTarget }) => set(["mayFail"], currentTarget.checked ? true : undefined)}
        />
        <Checkbox
          label="Carry it out even though an earlier step failed"
          description={kind === "restore" ? "A step that puts the power back always is" : undefined}
          checked={kind === "restore" || valueAt(draft, [...place, "always"]) === true}
          disabled={kind === "restore"}
          onChange={({ currentTarget }) => set(["always"], currentTarget.checked ? true : undefined)}
        />
        {kind === "do" ? (
          <div className="part-row">
            <NumberInput
              label="Tries"
              description="Never after an unknown outcome"
              min={1}
              max={10}
              value={numberAt(draft, [...place, "retry", "tries"]) ?? 1}
              onChange={(value) => set(["retry"], retryOf(draft, place, Number(value)))}
            />
            <NumberInput
              label="Seconds between"
              description={has("retry") ? "10 unless said otherwise" : "With two tries or more"}
              min={1}
              max={3600}
              disabled={!has("retry")}
              placeholder="10"
              value={numberAt(draft, [...place, "retry", "delaySeconds"]) ?? ""}
              onChange={(value) => set(["retry", "delaySeconds"], numberIn(value))}
            />
          </div>
        ) : null}
        {kind === "do" || kind === "waitFor" ? (
          <NumberInput
            label="Seconds until it has failed"
            min={1}
            max={86_400}
            placeholder={kind === "waitFor" ? "300" : "as usual"}
            value={numberAt(draft, [...place, "limitSeconds"]) ?? ""}
            onChange={(value) => set(["limitSeconds"], numberIn(value))}
          />
        ) : null}
      </fieldset>
    </div>
  );
}

function KindFields({ draft, onDraft, place, problems }: PartProps) {
  const kind = kindAt(draft, place);
  const set = (keys: Place, value: unknown): void => onDraft(withValue(draft, [...place, ...keys], value));
  switch (kind) {
    case "do":
      return <OperationFields draft={draft} onDraft={onDraft} place={place} problems={problems} />;
    case "waitFor": {
      const what = waits.find(({ value }) => isSame(value, valueAt(draft, [...place, "waitFor"])));
      const port = numberAt(draft, [...place, "waitFor", "port"]);
      return (
        <div className="part-row">
          <NativeSelect
            label="Until"
            data={waits.map(({ words }) => words)}
            value={what?.words ?? portWords}
            onChange={({ currentTarget }) => {
              const chosen = waits.find(({ words }) => words === currentTarget.value);
              set(["waitFor"], chosen?.value ?? { port: 22 });
            }}
          />
          {what === undefined || what.words === portWords ? (
            <NumberInput
              label="Port"
              min={1}
              max={65_535}
              value={port ?? ""}
              onChange={(value) => set(["waitFor", "port"], numberIn(value))}
            />
          ) : null}
        </div>
      );
    }
    case "pauseSeconds":
      return (
        <NumberInput
          label="Seconds"
          min={1}
          max={86_400}
          value={numberAt(draft, [...place, "pauseSeconds"]) ?? ""}
          onChange={(value) => set(["pauseSeconds"], numberIn(value))}
        />
      );
    case "approval":
      return (
        <Textarea
          label="What somebody is asked"
          description="Anybody but who started the run"
          autosize
          minRows={2}
          maxLength={500}
          value={textAt(draft, [...place, "approval"])}
          onChange={({ currentTarget }) => set(["approval"], currentTarget.value)}
        />
      );
    case "parallel":
    case "choose":
      return <BranchButtons draft={draft} onDraft={onDraft} place={place} problems={problems} />;
    case "restore":
    case undefined:
      return null;
  }
}

const portWords = "a TCP port of the machine answers";
const waits: readonly { readonly words: string; readonly value: object }[] = [
  { words: "the machine is on", value: { power: "on" } },
  { words: "the machine is off", value: { power: "off" } },
  { words: "its agent is present", value: { agent: "present" } },
  { words: "its agent is gone", value: { agent: "gone" } },
  { words: portWords, value: {} },
];

function OperationFields({ draft, onDraft, place }: PartProps) {
  const said = textAt(draft, [...place, "do"]);
  const name: OperationName | undefined = operationNames.find((one) => one === said);
  const parameters = name === undefined ? [] : Object.entries(parametersOf(name));
  const choose = (next: string): void => {
    const without = withValue(draft, [...place, "with"], undefined);
    onDraft(withValue(without, [...place, "do"], next));
  };
  const say = (parameter: string, value: string): void => {
    const table = withValue(valueAt(draft, [...place, "with"]) ?? {}, [parameter], value === "" ? undefined : value);
    const isEmpty = typeof table === "object" && table !== null && Object.keys(table).length === 0;
    onDraft(withValue(draft, [...place, "with"], isEmpty ? undefined : table));
  };
  return (
    <>
      <NativeSelect
        label="Operation"
        description={name === undefined ? undefined : `${operations[name].effect}.`}
        value={said}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
        data={[
          ...(name === undefined ? [{ value: said, label: `${said} (there is none of that name)` }] : []),
          ...operationNames.map((one) => ({ value: one, label: operations[one].title })),
        ]}
      />
      {parameters.map(([parameter, declared]) => (
        <ParameterSelect
          key={parameter}
          parameter={declared}
          value={textAt(draft, [...place, "with", parameter])}
          onChange={(value) => say(parameter, value)}
          usualWord="As usual"
        />
      ))}
    </>
  );
}

function BranchButtons({ draft, onDraft, place }: PartProps) {
  const isChoice = kindAt(draft, place) === "choose";
  const list: Place = [...place, isChoice ? "choose" : "parallel"];
  const step = (base: string): readonly object[] => [{ name: freshName(draft, base), pauseSeconds: 60 }];
  const fresh = isChoice ? { when: { powerBefore: "on" }, steps: step("Case") } : step("Branch");
  const hasOtherwise = valueAt(draft, [...place, "otherwise"]) !== undefined;
  return (
    <div className="part-row">
      <Button
        variant="default"
        size="xs"
        onClick={() => onDraft(withEntry(draft, list, listAt(draft, list).length, fresh))}
      >
        {isChoice ? "Add case" : "Add branch"}
      </Button>
      {isChoice ? (
        <Button
          variant="default"
          size="xs"
          onClick={() =>
            onDraft(withValue(draft, [...place, "otherwise"], hasOtherwise ? undefined : step("Otherwise")))
          }
        >
          {hasOtherwise ? "Take otherwise away" : "Add otherwise"}
        </Button>
      ) : null}
    </div>
  );
}

/** A branch: when it is taken, where that is said, and the way to be rid of it. */
export function BranchForm({ draft, onDraft, place, problems }: PartProps) {
  const isCase = place.at(-1) === "steps";
  const entry = isCase ? place.slice(0, -1) : place;
  const index = entry.at(-1);
  const remove = (): void =>
    onDraft(
      typeof index === "number" ? withoutEntry(draft, entry.slice(0, -1), index) : withValue(draft, entry, undefined),
    );
  const when: Place = [...entry, "when"];
  return (
    <div className="form padded">
      <Problems problems={problems.filter(({ path }) => path === pathOf(place) || path.startsWith(pathOf(when)))} />
      <p>
        <strong>{branchName(place)}</strong>{" "}
        <span className="dim">
          {isCase
            ? "is taken when its condition holds, and no case before it did."
            : typeof index === "number"
              ? "runs beside the others; the step ends when the last branch has."
              : "is taken when no case's condition holds."}
        </span>
      </p>
      {isCase ? (
        <fieldset className="part">
          <legend>When</legend>
          <ConditionFields
            condition={valueAt(draft, when)}
            onCondition={(next) => onDraft(withValue(draft, when, next ?? {}))}
            earlier={namesBefore(draft, entry)}
          />
        </fieldset>
      ) : null}
      <div className="part-row">
        <Button variant="default" onClick={remove}>
          Remove {branchName(place).toLowerCase()}
        </Button>
      </div>
    </div>
  );
}

function retryOf(draft: Draft, place: Place, tries: number): object | undefined {
  if (!Number.isInteger(tries) || tries < 2) return undefined;
  const delaySeconds = numberAt(draft, [...place, "retry", "delaySeconds"]);
  return { tries, ...(delaySeconds === undefined ? {} : { delaySeconds }) };
}

export function textAt(draft: Draft, place: Place): string {
  const value = valueAt(draft, place);
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}

export function numberAt(draft: Draft, place: Place): number | undefined {
  const value = valueAt(draft, place);
  return typeof value === "number" ? value : undefined;
}

/** What a number box holds: nothing when it is empty. */
export function numberIn(value: string | number): number | undefined {
  return value === "" ? undefined : Number(value);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
