import { NumberInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { usualStopPercent } from "@vigil/api/resources/job-definition.ts";
import { valueAt } from "@vigil/api/resources/job-steps.ts";
import { withValue, type Draft } from "./draft.ts";
import { Problems } from "./problems.tsx";
import { numberAt, numberIn, textAt, type PartProps } from "./step-form.tsx";

type JobPart = Omit<PartProps, "place">;

/** What the job is for, in words. */
export function AboutForm({ draft, onDraft, problems }: JobPart) {
  const own = problems.filter(({ path }) => !path.startsWith("steps[") && !path.startsWith("limits"));
  return (
    <div className="form padded">
      <Problems problems={own} />
      <Textarea
        label="Description"
        description="What it is for, when it may run, whom to ask"
        autosize
        minRows={3}
        maxLength={2000}
        value={textAt(draft, ["description"])}
        onChange={({ currentTarget }) =>
          onDraft(withValue(draft, ["description"], currentTarget.value === "" ? undefined : currentTarget.value))
        }
      />
    </div>
  );
}

const numbers = [
  [
    "stopAtFailurePercent",
    "Pause when more failed than",
    `Percent of the wave's devices that have ended: ${usualStopPercent} where there are waves, 100 is never`,
    100,
  ],
  ["stopAfter", "But not before so many have ended", "10 unless said otherwise", 10_000],
  ["atOnce", "Devices at once", "In the whole run", 10_000],
  [
    "atOncePerSite",
    "Devices at once in one site",
    "As sites are defined under Provisioning, else of one /24 (IPv6: /64)",
    10_000,
  ],
  ["perSecond", "Devices begun in a second", "For networks and switches that are weak", 10_000],
  [
    "jitterSeconds",
    "Spread the beginning over seconds",
    "So that a thousand machines do not draw power at once",
    86_400,
  ],
  [
    "approvalAbove",
    "A second person above so many devices",
    "Somebody else approves before anything begins",
    1_000_000,
  ],
] as const;

/** How far a run may reach at once, and what stops it. */
export function LimitsForm({ draft, onDraft, problems }: JobPart) {
  const set = (key: string, value: unknown): void => {
    const limits = withValue(valueAt(draft, ["limits"]) ?? {}, [key], value);
    const isEmpty = typeof limits === "object" && limits !== null && Object.keys(limits).length === 0;
    onDraft(withValue(draft, ["limits"], isEmpty ? undefined : limits));
  };
  return (
    <div className="form padded">
      <Problems problems={problems.filter(({ path }) => path.startsWith("limits"))} />
      <WavesBox draft={draft} onWaves={(waves) => set("waves", waves)} />
      <div className="limit-boxes">
        {numbers.map(([key, label, description, max]) => (
          <NumberInput
            key={key}
            label={label}
            description={description}
            min={0}
            max={max}
            placeholder={placeholderOf(draft, key)}
            value={numberAt(draft, ["limits", key]) ?? ""}
            onChange={(value) => set(key, numberIn(value))}
          />
        ))}
      </div>
    </div>
  );
}

/** What holds while the box is empty. */
function placeholderOf(draft: Draft, key: string): string {
  if (key !== "stopAtFailurePercent") return "no limit";
  if (valueAt(draft, ["limits", key]) === "never" || valueAt(draft, ["limits", "waves"]) === undefined) return "never";
  return `${usualStopPercent}, as usual with waves`;
}

function WavesBox({ draft, onWaves }: { readonly draft: Draft; readonly onWaves: (waves: unknown) => void }) {
  const waves = valueAt(draft, ["limits", "waves"]);
  const stored = Array.isArray(waves) ? waves.join(", ") : "";
  const [typed, setTyped] = useState<string>();
  return (
    <TextInput
      label="Waves"
      description="Shares of the devices in percent, rising, the last 100: the next begins when the one before has ended well"
      placeholder="all at once, or e.g. 1, 10, 50, 100"
      value={typed ?? stored}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        const parts = currentTarget.value.split(/[\s,;%]+/).filter((part) => part !== "");
        onWaves(
          parts.length === 0 ? undefined : parts.map((part) => (Number.isNaN(Number(part)) ? part : Number(part))),
        );
      }}
      onBlur={() => setTyped(undefined)}
    />
  );
}
