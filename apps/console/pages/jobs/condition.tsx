import { Checkbox, NativeSelect } from "@mantine/core";
import { stepOutcomes } from "@vigil/api/resources/job-definition.ts";
import { valueAt } from "@vigil/api/resources/job-steps.ts";
import { FilterBox } from "../../parts/filter-box.tsx";
import { withValue } from "./draft.ts";

/** For which devices something holds. All that is said must hold; nothing said is no condition. */
export function ConditionFields({
  condition,
  onCondition,
  earlier,
}: {
  readonly condition: unknown;
  readonly onCondition: (condition: unknown) => void;
  /** Names of the steps that have ended by then. */
  readonly earlier: readonly string[];
}) {
  const set = (key: string, value: unknown): void => {
    const next = withValue(condition ?? {}, [key], value);
    const isEmpty = typeof next === "object" && next !== null && Object.keys(next).length === 0;
    onCondition(isEmpty ? undefined : next);
  };
  const text = (key: string): string => {
    const value = valueAt(condition, [key]);
    return typeof value === "string" ? value : "";
  };
  const step = text("step");
  const ended = valueAt(condition, ["ended"]);
  const outcomes: readonly unknown[] = Array.isArray(ended) ? ended : ["succeeded"];
  const setStep = (name: string): void => {
    if (name !== "") return set("step", name);
    const next = withValue(withValue(condition ?? {}, ["step"], undefined), ["ended"], undefined);
    onCondition(typeof next === "object" && next !== null && Object.keys(next).length === 0 ? undefined : next);
  };
  const toggle = (outcome: string): void => {
    const next = outcomes.includes(outcome) ? outcomes.filter((one) => one !== outcome) : [...outcomes, outcome];
    set("ended", next.length === 0 || (next.length === 1 && next[0] === "succeeded") ? undefined : next);
  };
  return (
    <>
      <NativeSelect
        label="An earlier step"
        value={step}
        onChange={({ currentTarget }) => setStep(currentTarget.value)}
        data={[
          { value: "", label: earlier.length === 0 ? "there is none before this" : "any" },
          ...[...new Set([...earlier, ...(step === "" ? [] : [step])])].map((name) => ({ value: name, label: name })),
        ]}
      />
      {step === "" ? null : (
        <div className="part-row" role="group" aria-label="How it ended">
          {stepOutcomes.map((outcome) => (
            <Checkbox
              key={outcome}
              label={outcome}
              checked={outcomes.includes(outcome)}
              onChange={() => toggle(outcome)}
            />
          ))}
        </div>
      )}
      <NativeSelect
        label="Its power before the first step"
        value={text("powerBefore")}
        onChange={({ currentTarget }) =>
          set("powerBefore", currentTarget.value === "" ? undefined : currentTarget.value)
        }
        data={[{ value: "", label: "any" }, "on", "off", "sleep", "hibernate"]}
      />
      <FilterBox
        label="The device"
        isLabelled
        placeholder="any, or a filter: not tag = kiosk"
        value={text("device")}
        onChange={(filter) => set("device", filter === "" ? undefined : filter)}
      />
    </>
  );
}
