import { NumberInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { usualStopPercent, type BlastRadius } from "@vigil/api/resources/job-definition.ts";

/** What somebody has typed: it need not be a limit yet. */
export type LimitDraft = Readonly<Record<string, unknown>>;

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

interface LimitFieldsProps {
  readonly limits: LimitDraft;
  /** Undefined takes the limit away. */
  readonly onLimit: (name: keyof BlastRadius, value: unknown) => void;
  /** What holds where nothing is typed; absent: no limit. */
  readonly own?: BlastRadius;
  /** Whether it may say above how many devices a second person is asked. */
  readonly hasApproval: boolean;
}

/** How far a run may reach at once, and what stops it. */
export function LimitFields({ limits, onLimit, own = {}, hasApproval }: LimitFieldsProps) {
  return (
    <>
      <WavesBox limits={limits} own={own} onWaves={(waves) => onLimit("waves", waves)} />
      <div className="limit-boxes">
        {numbers.map(([name, label, description, max]) => {
          if (name === "approvalAbove" && !hasApproval) return null;
          const value = limits[name];
          return (
            <NumberInput
              key={name}
              label={label}
              description={description}
              min={0}
              max={max}
              placeholder={placeholderOf(name, limits, own)}
              value={typeof value === "number" ? value : ""}
              onChange={(next) => onLimit(name, next === "" ? undefined : Number(next))}
            />
          );
        })}
      </div>
    </>
  );
}

/** What holds while the box is empty. */
function placeholderOf(name: keyof BlastRadius, limits: LimitDraft, own: BlastRadius): string {
  if (own[name] !== undefined && limits[name] === undefined) return String(own[name]);
  if (name !== "stopAtFailurePercent") return "no limit";
  if (limits[name] === "never" || (limits["waves"] ?? own.waves) === undefined) return "never";
  return `${usualStopPercent}, as usual with waves`;
}

interface WavesProps {
  readonly limits: LimitDraft;
  readonly own: BlastRadius;
  readonly onWaves: (waves: unknown) => void;
}

function WavesBox({ limits: { waves }, own, onWaves }: WavesProps) {
  const stored = Array.isArray(waves) ? waves.join(", ") : "";
  const [typed, setTyped] = useState<string>();
  return (
    <TextInput
      label="Waves"
      description="Shares of the devices in percent, rising, the last 100: the next begins when the one before has ended well"
      placeholder={own.waves?.join(", ") ?? "all at once, or e.g. 1, 10, 50, 100"}
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
