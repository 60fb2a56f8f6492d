import { MultiSelect, PasswordInput, Select, Textarea, TextInput } from "@mantine/core";
import type { ModelMember } from "@vigil/api/resources/explorer.ts";
import { isNeeded, problemOf } from "./request.ts";

interface FieldProps {
  readonly member: ModelMember;
  readonly values: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
}

/** The box for one argument, by its type. */
export function ArgumentField({ member, values, onChange }: FieldProps) {
  const { name, type, isList, isSecret } = member;
  const common = {
    label: name,
    description: hintOf(member),
    // Emptiness is told by the button that stays grey; a box that nobody has touched is not wrong.
    error: values.some((one) => one !== "") ? problemOf(member, values) : undefined,
    required: isNeeded(member),
    withAsterisk: isNeeded(member),
  };
  const [value = ""] = values;
  const set = (text: string | null): void => onChange(text === null || text === "" ? [] : [text]);
  const choices = choicesOf(member);
  if (type === "instance") return <TextInput {...common} disabled placeholder="Only a program can write this" />;
  if (choices !== undefined && isList === true) {
    return (
      <MultiSelect
        {...common}
        data={choices}
        value={[...values]}
        onChange={onChange}
        searchable
        clearable
        openOnFocus={false}
        selectFirstOptionOnChange
      />
    );
  }
  if (choices !== undefined) {
    return (
      <Select
        {...common}
        data={choices}
        value={value === "" ? null : value}
        onChange={set}
        searchable={choices.length > 6}
        clearable={!isNeeded(member)}
        placeholder="Choose"
        openOnFocus={false}
        selectFirstOptionOnChange
      />
    );
  }
  if (isSecret === true) {
    return (
      <PasswordInput
        {...common}
        value={value}
        onChange={({ currentTarget }) => set(currentTarget.value)}
        autoComplete="new-password"
      />
    );
  }
  if (isList === true || type === "base64") {
    return (
      <Textarea
        {...common}
        className="mono-box"
        value={values.join("\n")}
        onChange={({ currentTarget: { value: text } }) => {
          if (isList !== true) return set(text);
          onChange(text === "" ? [] : text.split("\n"));
        }}
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
      />
    );
  }
  return (
    <TextInput
      {...common}
      className={type === "string" ? "" : "mono-box"}
      value={value}
      onChange={({ currentTarget }) => set(currentTarget.value)}
      inputMode={/^u?int/.test(type) ? "numeric" : "text"}
      placeholder={placeholderOf(member)}
      spellCheck={false}
      autoComplete="off"
    />
  );
}

function hintOf({ type, of, isOptional, isList, isSecret, since, until }: ModelMember): string {
  const kind = type === "reference" ? `reference to ${of}` : type === "instance" ? `instance of ${of}` : type;
  const parts = [
    kind,
    isList === true ? (type === "enum" ? "any number" : "one a line") : "",
    isOptional === true ? "optional" : "",
    isSecret === true ? "secret: never shown or noted" : "",
    since === undefined ? "" : `since ${since}`,
    until === undefined ? "" : `until ${until}`,
  ];
  return parts.filter((one) => one !== "").join(" · ");
}

function choicesOf({ type, values = [] }: ModelMember): { value: string; label: string }[] | undefined {
  if (type === "boolean") return ["true", "false"].map((one) => ({ value: one, label: one }));
  if (type !== "enum") return undefined;
  return values.map(([word, number]) => ({ value: word, label: `${number}  ${word}` }));
}

function placeholderOf({ type, of }: ModelMember): string {
  if (type === "reference") return `${of === "CIM_ManagedElement" ? "CIM_ComputerSystem" : of}?Name=ManagedSystem`;
  if (type === "datetime") return "2026-01-31T12:00:00Z or PT5M";
  return "";
}
