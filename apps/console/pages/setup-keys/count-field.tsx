import { TextInput } from "@mantine/core";

/** As the routes want it. */
const most = 1_000;

export function CountField({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  return (
    <TextInput
      label="Machines"
      inputMode="numeric"
      w={120}
      value={value}
      error={value !== "" && countIn(value) === undefined ? `1 to ${most}` : undefined}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** The number that was typed; undefined when it is none that can be. */
export function countIn(text: string): number | undefined {
  const count = Number(text);
  return Number.isInteger(count) && count >= 1 && count <= most ? count : undefined;
}
