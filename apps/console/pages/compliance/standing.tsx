import { IconAlertTriangleFilled, IconCircleCheckFilled, IconHelpCircle } from "@tabler/icons-react";
import type { Policy, PolicyRound, Standing } from "@vigil/api/resources/policies.ts";
import { countOf } from "../../ages.ts";

const looks = {
  compliant: [IconCircleCheckFilled, "good"],
  deviating: [IconAlertTriangleFilled, "bad"],
  unknown: [IconHelpCircle, "warn"],
} as const;

export function StandingMark({ standing }: { readonly standing: Standing }) {
  const [Icon, tone] = looks[standing];
  return (
    <span className="state" data-tone={tone}>
      <Icon size={14} aria-hidden />
      <span className="state-word">{standing}</span>
    </span>
  );
}

/** How the devices of a policy stand, as shares of a bar; the numbers are beside it. */
export function ComplianceBar({ counts, fresh }: Pick<Policy, "counts" | "fresh">) {
  const { compliant, deviating, unknown } = counts;
  const total = compliant + deviating + unknown + fresh;
  const parts = [
    ["good", compliant],
    ["bad", deviating],
    ["warn", unknown],
  ] as const;
  const words = `${countOf(compliant)} compliant, ${countOf(deviating)} deviating, ${countOf(unknown)} unknown, ${countOf(fresh)} not looked at`;
  return (
    <span className="compliance-bar" role="img" aria-label={words} title={words}>
      {parts.map(([tone, count]) =>
        count === 0 ? null : <span key={tone} data-tone={tone} style={{ width: `${(100 * count) / total}%` }} />,
      )}
    </span>
  );
}

const roundWords: Readonly<Record<PolicyRound["state"], string>> = {
  looking: "looking",
  remedying: "remedying",
  "looking-again": "looking again",
  done: "done",
};

export function roundInWords({ state, withheld }: PolicyRound): string {
  return withheld === "" ? roundWords[state] : `done: ${withheld}`;
}
