import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { deviceQuery, foundDevicesQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";

interface DeviceChoiceProps {
  readonly value: string | undefined;
  readonly onChange: (id: string | null) => void;
}

/** Chosen: a person who types pauses longer only to read. */
const typingMs = 200;

/** A device, looked for by part of a name, address or UUID. */
export function DeviceChoice({ value, onChange }: DeviceChoiceProps) {
  const server = useServer();
  const [text, setText] = useState("");
  const [typed] = useDebouncedValue(text, typingMs);
  const chosen = useQuery({ ...deviceQuery(server, value ?? ""), enabled: value !== undefined }).data;
  const found = useQuery(foundDevicesQuery(server, typed)).data?.items ?? [];
  const others = found.filter(({ uuid }) => uuid !== value);
  return (
    <Select
      label="Device"
      description="Without one, a made-up device"
      placeholder="Part of a name, address or UUID"
      searchable
      clearable
      clearButtonProps={{ "aria-label": "No device" }}
      data={[
        ...(value === undefined ? [] : [{ value, label: chosen === undefined ? value : labelOf(chosen) }]),
        ...others.map((device) => ({ value: device.uuid, label: labelOf(device) })),
      ]}
      filter={({ options }) => options}
      value={value ?? null}
      // What a person types, and not what the field shows by itself: to look for the label of what is chosen would bring other choices, with them
      // another label, and so on without end.
      onInput={({ currentTarget }) => setText(currentTarget.value)}
      onChange={(id) => {
        setText("");
        onChange(id);
      }}
    />
  );
}

function labelOf({ hostName, address }: { readonly hostName: string | null; readonly address: string }): string {
  return `${hostName ?? "no name"} · ${address}`;
}
