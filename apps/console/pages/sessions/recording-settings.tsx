import { Group, NumberInput, Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { SessionSettings } from "@vigil/api/resources/sessions.ts";
import { notifyFailure } from "../../parts/notify-failure.ts";
import { keys, sessionSettingsQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";

/** What is recorded from now on; each change is stored at once. */
export function RecordingSettings() {
  const server = useServer();
  const cache = useQueryClient();
  const { data } = useQuery(sessionSettingsQuery(server));
  const change = useMutation({
    // One after the other, each on top of what the one before has stored: two quick changes must not undo each other.
    scope: { id: "session-settings" },
    mutationFn: async (changed: Partial<SessionSettings>) => {
      const before = await cache.ensureQueryData(sessionSettingsQuery(server));
      const stored = await server.sessions.changeSettings({ body: { ...before, ...changed } });
      cache.setQueryData(keys.sessionSettings, stored);
    },
    onError: notifyFailure,
  });
  if (data === undefined) return null;
  return (
    <Group gap={24} className="padded">
      <Switch
        label="Record serial lines"
        checked={data.recordsSerialLine}
        onChange={({ currentTarget }) => change.mutate({ recordsSerialLine: currentTarget.checked })}
      />
      <Switch
        label="Record screens"
        checked={data.recordsScreen}
        onChange={({ currentTarget }) => change.mutate({ recordsScreen: currentTarget.checked })}
      />
      <Group gap={8}>
        <label htmlFor="keep-days">Keep for</label>
        <NumberInput
          id="keep-days"
          w={84}
          size="xs"
          min={1}
          max={3650}
          allowDecimal={false}
          clampBehavior="strict"
          value={data.keepDays}
          onBlur={({ currentTarget }) => {
            const keepDays = Number(currentTarget.value);
            if (keepDays >= 1 && keepDays !== data.keepDays) change.mutate({ keepDays });
          }}
        />
        days
      </Group>
      <span className="dim">
        What is shown is recorded, never what is typed. It counts for sessions that begin from now on.
      </span>
    </Group>
  );
}
