import type { AssignmentRule, Condition, WantedRule } from "@vigil/api/resources/assignments.ts";

/** A rule as it stands in the editor; `key` tells it from the others also before it is stored. */
export interface DraftRule extends WantedRule {
  readonly key: string;
  readonly hasSecret: boolean;
}

export function draftOf(rule: AssignmentRule): DraftRule {
  return { ...rule, key: rule.id };
}

export function newRule(count: number): DraftRule {
  return {
    key: `new ${count}`,
    hasSecret: false,
    name: "",
    isOn: true,
    conditions: [],
    outcome: {},
    webhook: null,
  };
}

export function wantedOf({ id, name, isOn, conditions, outcome, webhook }: DraftRule): WantedRule {
  return { ...(id === undefined ? {} : { id }), name, isOn, conditions, outcome, webhook };
}

/** The list with the rule at `from` one place further up or down; the same list at its end. */
export function moved<T>(list: readonly T[], from: number, by: -1 | 1): readonly T[] {
  const one = list[from];
  const other = list[from + by];
  if (one === undefined || other === undefined) return list;
  return list.with(from, other).with(from + by, one);
}

export const conditionTitles = {
  uuid: "UUID",
  mac: "MAC address",
  serial: "Serial number",
  subnet: "Subnet",
  dnsSuffix: "DNS suffix",
  release: "Release",
  fact: "Fact",
} as const satisfies Readonly<Record<Condition["on"], string>>;

export const fieldTitles = {
  hostName: "Host name",
  domainName: "Domain",
  organizationalUnit: "Organizational unit",
  profile: "Profile",
} as const;

/** "Subnet 10.2.0.0/16 and Release >=15" */
export function wordsOf(conditions: readonly Condition[]): string {
  if (conditions.length === 0) return "always";
  return conditions
    .map(({ on, fact, values }) => {
      const [first = "", ...others] = values;
      const more = others.length === 0 ? "" : ` or ${others.length} more`;
      return `${on === "fact" ? `fact ${fact}` : conditionTitles[on]} ${first}${more}`;
    })
    .join(" and ");
}
