import { Checkbox, NativeSelect, NumberInput, Select, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { weekdays, type ScheduleTime } from "@vigil/api/resources/schedules.ts";
import { MomentField } from "../../parts/moment-field.tsx";
import { cronOf, dayNames, rhythmIn, type Rhythm } from "./rhythm.ts";
import { ownZone, timeZones } from "./zones.ts";

interface TimeFieldsProps {
  readonly at: ScheduleTime;
  readonly onAt: (at: ScheduleTime) => void;
  /** Why the server refused a part of it. */
  readonly errors: { readonly once: ReactNode; readonly cron: ReactNode; readonly zone: ReactNode };
}

type Kind = "once" | Rhythm["every"] | "cron";

const kinds: readonly { readonly value: Kind; readonly label: string }[] = [
  { value: "weekday", label: "Every weekday" },
  { value: "day", label: "Every day" },
  { value: "week", label: "On some days of the week" },
  { value: "month", label: "Once a month" },
  { value: "hour", label: "Every hour" },
  { value: "once", label: "Once" },
  { value: "cron", label: "By five fields of cron" },
];

/** Chosen: when desks are empty. */
const usualTime = "22:00";
const hourMs = 3_600_000;

/** When it starts: once, or again and again in words that people use, or as five fields. */
export function TimeFields({ at, onAt, errors }: TimeFieldsProps) {
  const [isRaw, setRaw] = useState(false);
  const rhythm = "cron" in at && !isRaw ? rhythmIn(at.cron) : undefined;
  const kind: Kind = "once" in at ? "once" : (rhythm?.every ?? "cron");
  const timeZone = "cron" in at ? at.timeZone : ownZone();
  const set = (next: Rhythm): void => onAt({ cron: cronOf(next), timeZone });
  const choose = (next: Kind): void => {
    setRaw(next === "cron");
    if (next === "once") return onAt({ once: new Date(Math.ceil(Date.now() / hourMs) * hourMs).toISOString() });
    if (next !== "cron") return set(rhythmOf(next, rhythm));
    if ("once" in at) onAt({ cron: cronOf({ every: "weekday", time: usualTime }), timeZone });
  };
  return (
    <fieldset className="part">
      <legend>When</legend>
      <div className="part-row">
        <NativeSelect
          label="Starts"
          value={kind}
          onChange={({ currentTarget }) =>
            choose(kinds.find(({ value }) => value === currentTarget.value)?.value ?? kind)
          }
          data={[...kinds]}
        />
        {rhythm === undefined ? null : <RhythmFields rhythm={rhythm} onRhythm={set} />}
        {"cron" in at && rhythm === undefined ? (
          <TextInput
            className="cron-box"
            label="Minute, hour, day, month, day of the week"
            value={at.cron}
            error={errors.cron}
            spellCheck={false}
            autoComplete="off"
            maxLength={200}
            onChange={({ currentTarget }) => onAt({ cron: currentTarget.value, timeZone })}
          />
        ) : null}
        {"once" in at ? (
          <MomentField label="Moment" value={at.once} error={errors.once} onChange={(once) => onAt({ once })} />
        ) : (
          <Select
            label="By the clock of"
            data={timeZones(at.timeZone)}
            value={at.timeZone}
            error={errors.zone}
            limit={80}
            searchable
            allowDeselect={false}
            onChange={(zone) => zone !== null && onAt({ cron: at.cron, timeZone: zone })}
          />
        )}
      </div>
      {rhythm?.every === "week" ? <Days rhythm={rhythm} onRhythm={set} /> : null}
      {rhythm?.every === "month" && rhythm.day > 28 ? (
        <p className="dim field-note">Months without a day {rhythm.day} are left out.</p>
      ) : null}
    </fieldset>
  );
}

interface RhythmProps<R extends Rhythm = Rhythm> {
  readonly rhythm: R;
  readonly onRhythm: (rhythm: Rhythm) => void;
}

function RhythmFields({ rhythm, onRhythm }: RhythmProps) {
  if (rhythm.every === "hour") {
    return (
      <NumberInput
        label="Minutes past the hour"
        min={0}
        max={59}
        allowDecimal={false}
        clampBehavior="strict"
        value={rhythm.minute}
        onChange={(minute) => typeof minute === "number" && onRhythm({ every: "hour", minute })}
      />
    );
  }
  return (
    <>
      {rhythm.every === "month" ? (
        <NumberInput
          label="Day of the month"
          min={1}
          max={31}
          allowDecimal={false}
          value={rhythm.day}
          onChange={(day) => typeof day === "number" && day >= 1 && day <= 31 && onRhythm({ ...rhythm, day })}
        />
      ) : null}
      <TextInput
        type="time"
        label="At"
        value={rhythm.time}
        required
        withAsterisk={false}
        onChange={({ currentTarget }) =>
          /^\d{2}:\d{2}$/.test(currentTarget.value) && onRhythm({ ...rhythm, time: currentTarget.value })
        }
      />
    </>
  );
}

function Days({ rhythm, onRhythm }: RhythmProps<Extract<Rhythm, { every: "week" }>>) {
  const { days } = rhythm;
  return (
    <div className="part-row" role="group" aria-label="Days of the week">
      {weekdays.map((day) => {
        const isLast = days.length === 1 && days.includes(day);
        return (
          <Checkbox
            key={day}
            label={dayNames[day].slice(0, 3)}
            aria-label={dayNames[day]}
            checked={days.includes(day)}
            disabled={isLast}
            title={isLast ? "It starts on one day at least" : undefined}
            onChange={({ currentTarget }) =>
              onRhythm({
                ...rhythm,
                days: currentTarget.checked ? [...days, day] : days.filter((one) => one !== day),
              })
            }
          />
        );
      })}
    </div>
  );
}

/** Another rhythm, with as much of the one before as it has. */
function rhythmOf(every: Rhythm["every"], before: Rhythm | undefined): Rhythm {
  const time = before !== undefined && "time" in before ? before.time : usualTime;
  switch (every) {
    case "day":
    case "weekday":
      return { every, time };
    case "week":
      return { every, days: ["sat"], time };
    case "month":
      return { every, day: 1, time };
    case "hour":
      return { every, minute: 0 };
    default:
      return every satisfies never;
  }
}
