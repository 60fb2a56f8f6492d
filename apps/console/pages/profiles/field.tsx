import { Checkbox, NativeSelect, Switch, Textarea, TextInput } from "@mantine/core";
import type { SettingProblem } from "@vigil/api/resources/profile-check.ts";
import type { Path } from "./draft.ts";
import { idOf, useField, type Field as FieldState } from "./form.ts";
import { ListField } from "./list-field.tsx";
import { Remarks } from "./remarks.tsx";
import { SecretsAt } from "./secret-field.tsx";
import type { Shape } from "./shape.ts";
import type { Words } from "./words.ts";

interface FieldProps {
  readonly path: Path;
  readonly shape: Shape;
  readonly words: Words;
}

/** One setting: its name, what it does, its box, and what is to be said of it. */
export function Field(props: FieldProps) {
  const { path, shape, words } = props;
  const field = useField(path);
  if (shape.kind === "table") {
    return (
      <>
        <TableFields {...props} fields={shape.fields} />
        <SecretsAt path={path} />
      </>
    );
  }
  return (
    <div className="setting" data-changed={field.isChanged} data-wide={shape.kind === "list"}>
      <Control {...props} shape={shape} field={field} />
      <Remarks path={path} />
      <SecretsAt path={path} />
      {field.isChanged ? <span className="out-of-sight">{words.title} is changed</span> : null}
    </div>
  );
}

function TableFields({
  path,
  words,
  fields,
}: Omit<FieldProps, "shape"> & { readonly fields: readonly (readonly [string, Shape])[] }) {
  return (
    <>
      {fields.map(([name, inner]) => {
        const own = words.fields?.[name];
        // The types say that every setting has words.
        if (own === undefined) throw new Error(`${path.join(".")}.${name} has no words`);
        return <Field key={name} path={[...path, name]} shape={inner} words={own} />;
      })}
    </>
  );
}

interface ControlProps extends FieldProps {
  readonly shape: Exclude<Shape, { readonly kind: "table" }>;
  readonly field: FieldState;
}

function Control({ path, shape, words, field }: ControlProps) {
  const { value, problem, set } = field;
  const common = {
    id: idOf(path),
    label: words.title,
    description: words.help,
    error: problem === undefined ? undefined : wordsFor(problem, words, shape),
  };
  const text = typeof value === "string" ? value : "";
  switch (shape.kind) {
    case "yes-no":
      return (
        <Switch
          {...common}
          labelPosition="left"
          checked={value === true}
          onChange={({ currentTarget }) => set(currentTarget.checked)}
        />
      );
    case "number":
      return (
        <TextInput
          {...common}
          inputMode="numeric"
          className="setting-number"
          value={typeof value === "number" ? String(value) : text}
          onChange={({ currentTarget }) => set(numberIn(currentTarget.value))}
          autoComplete="off"
        />
      );
    case "choice":
      return (
        <NativeSelect
          {...common}
          value={text}
          data={shape.values.map((one) => ({ value: one, label: words.choices?.[one] ?? one }))}
          onChange={({ currentTarget }) => set(currentTarget.value)}
        />
      );
    case "choices": {
      const chosen = Array.isArray(value) ? value.map(String) : [];
      // In the order of the declaration, so that a box unchecked and checked again is no change.
      const choose = (names: string[]): void => set(shape.values.filter((one) => names.includes(one)));
      return (
        <Checkbox.Group {...common} value={chosen} onChange={choose}>
          <div className="setting-boxes">
            {shape.values.map((one) => (
              <Checkbox key={one} value={one} label={words.one?.choices?.[one] ?? one} />
            ))}
          </div>
        </Checkbox.Group>
      );
    }
    case "text": {
      const box = {
        value: text,
        spellCheck: false,
        autoComplete: "off",
        onChange: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) =>
          set(currentTarget.value),
      };
      if (!shape.isLong) return <TextInput {...common} {...box} />;
      return <Textarea {...common} {...box} className="mono-box" autosize minRows={3} maxRows={8} />;
    }
    case "optional":
      return <OptionalField path={path} shape={shape} words={words} field={field} />;
    case "list":
      return (
        <ListField path={path} most={shape.most} words={words}>
          {(inner) => <Field path={inner} shape={shape.one} words={words.one ?? words} />}
        </ListField>
      );
    default:
      return shape satisfies never;
  }
}

/** A setting that may be switched off altogether; what it was is remembered as long as the page is open. */
function OptionalField({
  path,
  shape,
  words,
  field,
}: FieldProps & { readonly shape: Extract<Shape, { readonly kind: "optional" }>; readonly field: FieldState }) {
  const { value, set } = field;
  const isOn = value !== null;
  return (
    <>
      <Switch
        id={isOn ? `${idOf(path)}-on` : idOf(path)}
        label={words.title}
        description={isOn ? words.help : `${words.none ?? "Off"}. ${words.help ?? ""}`}
        labelPosition="left"
        checked={isOn}
        onChange={({ currentTarget }) => set(currentTarget.checked ? words.fresh : null)}
      />
      {isOn ? (
        <div className="setting-inner" role="group" aria-label={words.title}>
          {shape.inner.kind === "table" ? (
            <TableFields path={path} words={words} fields={shape.inner.fields} />
          ) : (
            <Control path={path} shape={shape.inner} words={{ ...words, title: "Value", help: "" }} field={field} />
          )}
        </div>
      ) : null}
    </>
  );
}

/** A number, or what was typed, so that nothing is lost while it is none yet. */
function numberIn(text: string): number | string {
  return /^\d{1,15}$/.test(text.trim()) ? Number(text) : text;
}

function wordsFor({ rule, limit }: SettingProblem, words: Words, shape: Shape): string {
  switch (rule) {
    case "minLength":
      return "Needs a value";
    case "maxLength":
      return `At most ${limit ?? ""} characters`;
    case "maxItems":
      return `At most ${limit ?? ""}`;
    case "pattern":
      return words.form ?? "Has a character that cannot stand here";
    case "minimum":
    case "maximum":
    case "type":
      return shape.kind === "number" ? `A whole number from ${shape.least} to ${shape.most}` : "Cannot be that";
    default:
      return "Cannot be that";
  }
}
