import { NativeSelect, TextInput } from "@mantine/core";
import type { OperationParameter } from "@vigil/api/operations.ts";
import { ImageField } from "./image-field.tsx";

/** What whoever starts an operation says of it, in one line of a form. @param usualWord instead of the usual value itself */
export function ParameterSelect({
  parameter,
  value,
  onChange,
  usualWord,
}: {
  readonly parameter: OperationParameter;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly usualWord?: string;
}) {
  const { title } = parameter;
  if (parameter.kind === "image") return <ImageField label={title} value={value} onChange={onChange} />;
  if (parameter.kind === "addresses") {
    return (
      <TextInput
        label={title}
        description={`With commas between them, ${parameter.most} at most`}
        placeholder="none"
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        maxLength={200}
        mt="sm"
      />
    );
  }
  const { choices, usual } = parameter;
  return (
    <NativeSelect
      label={title}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      data={[
        ...(usualWord === undefined ? [] : [{ value: "", label: `${usualWord}: ${choices[usual] ?? usual}` }]),
        ...Object.entries(choices).map(([one, words]) => ({ value: one, label: `${one}: ${words}` })),
      ]}
    />
  );
}
