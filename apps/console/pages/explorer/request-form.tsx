import { Button, SegmentedControl, Select, TextInput } from "@mantine/core";
import { IconPlayerPlayFilled, IconPlayerStopFilled } from "@tabler/icons-react";
import type { ModelClass, ModelMethod } from "@vigil/api/resources/explorer.ts";
import { ArgumentField } from "./fields.tsx";
import type { Draft } from "./request.ts";
import type { ExplorerSearch, Verb } from "./search.ts";

interface RequestFormProps {
  readonly definition: ModelClass;
  readonly verb: Verb;
  readonly method: ModelMethod | undefined;
  readonly selectors: Readonly<Record<string, string>>;
  readonly draft: Draft;
  readonly onDraft: (next: Draft) => void;
  readonly onChange: (change: ExplorerSearch) => void;
  /** Why it cannot be asked. */
  readonly why: string | undefined;
  readonly isAsking: boolean;
  readonly onRun: () => void;
  /** undefined: nobody can take back what is under way. */
  readonly onStop: (() => void) | undefined;
}

const words: Readonly<Record<Verb, string>> = { get: "Get", enum: "Enumerate", invoke: "Invoke" };

/** What is asked: the verb, which instance, the method and its arguments. */
export function RequestForm(props: RequestFormProps) {
  const { definition, verb, method, selectors, draft, onDraft, onChange, why, isAsking, onRun, onStop } = props;
  const { methods } = definition;
  return (
    <form
      className="explorer-request"
      aria-label="Request"
      onSubmit={(event) => {
        event.preventDefault();
        onRun();
      }}
    >
      <div className="explorer-bar">
        <SegmentedControl
          aria-label="Verb"
          value={verb}
          onChange={(next) => onChange({ verb: next })}
          data={[
            { value: "enum", label: words.enum },
            { value: "get", label: words.get },
            { value: "invoke", label: words.invoke, disabled: methods.length === 0 },
          ]}
        />
        {verb === "invoke" ? (
          <Select
            className="explorer-method"
            aria-label="Method"
            placeholder="Choose a method"
            searchable
            openOnFocus={false}
            selectFirstOptionOnChange
            data={methods.map(({ name, effect }) => ({
              value: name,
              label: effect === "read" ? `${name} (reads)` : name,
            }))}
            value={method?.name ?? null}
            onChange={(name) => onChange(name === null ? {} : { method: name })}
            allowDeselect={false}
          />
        ) : null}
        <span className="explorer-gap dim">{methods.length === 0 ? "No methods" : ""}</span>
        {isAsking && onStop !== undefined ? (
          <Button variant="default" leftSection={<IconPlayerStopFilled size={12} aria-hidden />} onClick={onStop}>
            Stop waiting
          </Button>
        ) : null}
        <Button
          type="submit"
          leftSection={<IconPlayerPlayFilled size={12} aria-hidden />}
          rightSection={<kbd className="button-key">Ctrl ↵</kbd>}
          disabled={why !== undefined}
          loading={isAsking}
          aria-keyshortcuts="Control+Enter"
          title={why}
        >
          {words[verb]}
        </Button>
      </div>
      <p className="explorer-why dim" role="status">
        {why}
      </p>
      {verb === "enum" ? null : <Keys definition={definition} verb={verb} selectors={selectors} onChange={onChange} />}
      {verb === "invoke" && method !== undefined && method.input.length > 0 ? (
        <fieldset className="explorer-fields">
          <legend>Arguments</legend>
          {method.input.map((member) => (
            <ArgumentField
              key={`${method.name} ${member.name}`}
              member={member}
              values={draft[member.name] ?? []}
              onChange={(values) => onDraft({ ...draft, [member.name]: values })}
            />
          ))}
        </fieldset>
      ) : null}
    </form>
  );
}

interface KeysProps {
  readonly definition: ModelClass;
  readonly verb: Verb;
  readonly selectors: Readonly<Record<string, string>>;
  readonly onChange: (change: ExplorerSearch) => void;
}

function Keys({ definition, verb, selectors, onChange }: KeysProps) {
  const keys = definition.properties.filter(({ isKey }) => isKey === true);
  if (keys.length === 0) return null;
  const set = (name: string, value: string): void => {
    const { [name]: _old, ...rest } = selectors;
    onChange({ selectors: value === "" ? rest : { ...rest, [name]: value } });
  };
  const fields = (
    <div className="explorer-keys">
      {keys.map(({ name, type, of }) => (
        <TextInput
          key={name}
          label={name}
          className="mono-box"
          value={selectors[name] ?? ""}
          placeholder={type === "reference" ? `${of}?Key=Value` : ""}
          onChange={({ currentTarget }) => set(name, currentTarget.value)}
          spellCheck={false}
          autoComplete="off"
        />
      ))}
    </div>
  );
  if (verb === "get") {
    return (
      <fieldset className="explorer-fields">
        <legend>
          Which instance <span className="dim">— leave empty where there is only one</span>
        </legend>
        {fields}
      </fieldset>
    );
  }
  return (
    <details className="explorer-fields" open={Object.keys(selectors).length > 0}>
      <summary>
        Which instance <span className="dim">— most methods need none</span>
      </summary>
      {fields}
    </details>
  );
}
