import { Switch } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Schedule } from "@vigil/api/resources/schedules.ts";
import { notifyFailure } from "../../parts/notify-failure.ts";
import { useServer } from "../../server.ts";
import { scheduleKeys } from "./queries.ts";

/** Switches a schedule on and off where it stands. */
export function ScheduleSwitch({ schedule }: { readonly schedule: Schedule }) {
  const server = useServer();
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: (isOn: boolean) => {
      const { work, target, at, window, missed, reason } = schedule;
      const body = { work, target, at, window, missed, reason, isOn };
      return server.schedules.change({ params: { name: schedule.name }, body });
    },
    onError: notifyFailure,
    onSettled: () => cache.invalidateQueries({ queryKey: scheduleKeys.all }),
  });
  return (
    <Switch
      size="xs"
      aria-label={`${schedule.name} is on`}
      checked={change.isPending ? change.variables : schedule.isOn}
      onChange={(event) => change.mutate(event.currentTarget.checked)}
    />
  );
}
