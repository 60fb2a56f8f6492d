import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";

interface MomentFieldProps {
  readonly label: string;
  readonly description?: string;
  /** ISO 8601; empty: none. */
  readonly value: string;
  readonly onChange: (moment: string) => void;
  readonly error?: ReactNode;
}

/** A moment by the clock of whoever looks. */
export function MomentField({ label, description, value, onChange, error }: MomentFieldProps) {
  return (
    <TextInput
      type="datetime-local"
      label={label}
      description={description ?? `By your own clock: ${Intl.DateTimeFormat().resolvedOptions().timeZone}`}
      value={wallOf(value)}
      error={error}
      onChange={({ currentTarget }) => onChange(momentIn(currentTarget.value))}
    />
  );
}

/** "2026-06-01T22:00", by the clock of whoever looks. */
function wallOf(moment: string): string {
  const at = new Date(moment);
  if (moment === "" || Number.isNaN(at.getTime())) return "";
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

function momentIn(wall: string): string {
  const at = new Date(wall);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}
