import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { dateOf, wallTimeOf } from "../ages.ts";

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
  return moment === "" || Number.isNaN(at.getTime()) ? "" : `${dateOf(at)}T${wallTimeOf(at)}`;
}

function momentIn(wall: string): string {
  const at = new Date(wall);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}
