import { ActionIcon, Button, Checkbox, Select, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  weekdays,
  type MaintenanceWindow,
  type WindowRule,
  type WindowSettings,
} from "@vigil/api/resources/schedules.ts";
import { FormButtons } from "../../parts/dialog-buttons.tsx";
import { useFieldFailures } from "../../parts/field-failure.tsx";
import { useServer } from "../../server.ts";
import { policyKeys } from "../compliance/queries.ts";
import { scheduleKeys } from "./queries.ts";
import { dayNames } from "./rhythm.ts";
import { isOverMidnight, ruleInWords } from "./words.ts";
import { ownZone, timeZones } from "./zones.ts";

/** As many as the route takes. */
const mostRules = 20;

/** Chosen: nights before working days are what most ask for. */
const usualRule: WindowRule = { days: ["mon", "tue", "wed", "thu", "fri"], from: "22:00", to: "05:00" };

const fields = { "schedules.time-zone.unknown": "zone" } as const;

/** A rule while somebody writes it; `key` keeps the fields together when one above is removed. */
interface Draft {
  readonly key: number;
  readonly rule: WindowRule;
}

/** Makes a maintenance window or gives one other rules. */
export function WindowForm({ window, onClose }: { readonly window?: MaintenanceWindow; readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const [name, setName] = useState(window?.name ?? "");
  const [timeZone, setTimeZone] = useState(window?.timeZone ?? ownZone());
  const [drafts, setDrafts] = useState<readonly Draft[]>(() =>
    (window?.rules ?? [usualRule]).map((rule, key) => ({ key, rule })),
  );
  const store = useMutation({
    mutationFn: (body: WindowSettings) => server.windows.put({ params: { name: name.trim() }, body }),
    onSuccess: async () => {
      onClose();
      // What waits for it waits by its new rules.
      await cache.invalidateQueries({ queryKey: scheduleKeys.all });
      await cache.invalidateQueries({ queryKey: policyKeys.all });
    },
  });
  const failures = useFieldFailures(store.error, fields);
  const rules = drafts.map(({ rule }) => rule);
  const users = window?.usedBy ?? [];
  const taken = useTaken(window === undefined ? name.trim() : "");
  const why = taken
    ? "There is a window of that name: change that one"
    : name.trim() === ""
      ? "Give it a name first"
      : rules.some(({ days }) => days.length === 0)
        ? "Each rule needs a day"
        : undefined;
  return (
    <form
      ref={failures.form}
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (why === undefined) store.mutate({ timeZone, rules });
      }}
    >
      {window === undefined ? (
        <TextInput
          label="Name"
          value={name}
          error={taken ? "There is a window of that name" : undefined}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          maxLength={100}
          data-autofocus
          required
        />
      ) : null}
      <Select
        label="By the clock of"
        data={timeZones(timeZone)}
        value={timeZone}
        error={failures.at("zone")}
        limit={80}
        searchable
        allowDeselect={false}
        onChange={(zone) => zone !== null && setTimeZone(zone)}
      />
      {drafts.map(({ key, rule }, index) => (
        <RuleFields
          key={key}
          number={index + 1}
          rule={rule}
          onRule={(next) => setDrafts(drafts.with(index, { key, rule: next }))}
          {...(drafts.length === 1
            ? {}
            : { onRemove: () => setDrafts(drafts.filter((_draft, place) => place !== index)) })}
        />
      ))}
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={drafts.length >= mostRules}
          title={drafts.length >= mostRules ? `It has ${mostRules}, which is as many as it may` : undefined}
          onClick={() =>
            setDrafts([
              ...drafts,
              {
                key: Math.max(...drafts.map((one) => one.key)) + 1,
                rule: { days: ["sat", "sun"], from: "08:00", to: "20:00" },
              },
            ])
          }
        >
          Add rule
        </Button>
      </div>
      {users.length === 0 ? null : (
        <p className="dim">
          {users.join(", ")} {users.length === 1 ? "waits" : "wait"} for it, and will do so by its new rules.
        </p>
      )}
      {failures.rest}
      <FormButtons
        action={window === undefined ? "Make window" : "Change window"}
        why={why}
        isPending={store.isPending}
        onClose={onClose}
      />
    </form>
  );
}

/** Whether there is a window of that name: the route that makes one also changes one, and nobody means that who makes one. */
function useTaken(name: string): boolean {
  const known = useQueryClient().getQueryData<{ readonly items: readonly MaintenanceWindow[] }>(scheduleKeys.windows);
  return name !== "" && (known?.items ?? []).some((one) => one.name.toLowerCase() === name.toLowerCase());
}

interface RuleFieldsProps {
  readonly number: number;
  readonly rule: WindowRule;
  readonly onRule: (rule: WindowRule) => void;
  /** The last one stays. */
  readonly onRemove?: () => void;
}

function RuleFields({ number, rule, onRule, onRemove }: RuleFieldsProps) {
  const { days, from, to } = rule;
  const set = (part: "from" | "to", time: string): void => {
    if (/^\d{2}:\d{2}$/.test(time)) onRule({ ...rule, [part]: time });
  };
  return (
    <fieldset className="part">
      <legend>Rule {number}</legend>
      <div className="part-row" role="group" aria-label="Days">
        {weekdays.map((day) => (
          <Checkbox
            key={day}
            label={dayNames[day].slice(0, 3)}
            aria-label={dayNames[day]}
            checked={days.includes(day)}
            onChange={({ currentTarget }) =>
              onRule({
                ...rule,
                days: weekdays.filter((one) => (one === day ? currentTarget.checked : days.includes(one))),
              })
            }
          />
        ))}
      </div>
      <div className="part-row">
        <TextInput
          type="time"
          label="From"
          value={from}
          onChange={({ currentTarget }) => set("from", currentTarget.value)}
        />
        <TextInput type="time" label="To" value={to} onChange={({ currentTarget }) => set("to", currentTarget.value)} />
        {onRemove === undefined ? null : (
          <ActionIcon variant="default" aria-label={`Remove rule ${number}`} onClick={onRemove} ml="auto">
            <IconTrash size={14} aria-hidden />
          </ActionIcon>
        )}
      </div>
      <p className={days.length === 0 ? "warn field-note" : "dim field-note"} role="note">
        {days.length === 0
          ? "It needs a day."
          : `${ruleInWords(rule)}.${isOverMidnight(rule) && from !== to ? " It begins on those days and ends on the morning after." : ""}`}
      </p>
    </fieldset>
  );
}
