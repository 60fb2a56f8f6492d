/** For how long a factory device says hello by itself, in hours; 0: it does not. */
interface WindowRule {
  /** Whose machines; both must fit. */
  readonly manufacturer: RegExp;
  readonly model: RegExp;
  readonly afterPowerHours: number;
  readonly afterRestartHours: number;
}

/** What opens the window again. */
export interface ReopeningAction {
  readonly by: "power" | "restart";
  /** What somebody does at the machine, or in it. */
  readonly action: string;
  /** How long it then says hello. */
  readonly hours: number;
}

export interface HelloWindow {
  readonly openedAt: Date;
  /** After that no hello comes by itself. */
  readonly closesAt: Date;
  readonly isOpen: boolean;
  /** Ways to open it again, the easiest first. */
  readonly reopening: readonly ReopeningAction[];
}

const hourMs = 3_600_000;

/**
 * First match wins.
 * HP's notebooks leave the factory with the timer at 0, and say hello for 6 hours after software in the machine has asked for it.
 * @source HP business notebook vPro white paper, page 21; HP Compaq 8100 vPro guide, page 40 (24 hours after power)
 * UNVERIFIED on a machine: which models the white paper means; it names none.
 */
const rules: readonly WindowRule[] = [
  {
    manufacturer: /^(hp|hewlett)/i,
    model: /book|notebook|laptop|mobile/i,
    afterPowerHours: 0,
    afterRestartHours: 6,
  },
];

/**
 * 24 hours after power is what vendors ship since AMT 3; firmware itself allows up to 255. @source AMT SDK, "limited network access"
 * UNVERIFIED: that it is 6 hours after software's request with vendors other than HP.
 */
const usualRule: Pick<WindowRule, "afterPowerHours" | "afterRestartHours"> = {
  afterPowerHours: 24,
  afterRestartHours: 6,
};

/** @param openedAt when the device last began to say hello @param machine null where it is not known yet */
export function helloWindow(
  openedAt: Date,
  machine: { readonly manufacturer: string | null; readonly model: string | null },
  now: number,
): HelloWindow {
  const rule = ruleFor(machine);
  // One that says hello has a window, whatever its vendor's timer says of power: software asked for it.
  const hours = rule.afterPowerHours === 0 ? rule.afterRestartHours : rule.afterPowerHours;
  const closesAt = new Date(openedAt.getTime() + hours * hourMs);
  return { openedAt, closesAt, isOpen: closesAt.getTime() > now, reopening: reopeningOf(rule) };
}

function ruleFor({ manufacturer, model }: { readonly manufacturer: string | null; readonly model: string | null }) {
  return rules.find((one) => one.manufacturer.test(manufacturer ?? "") && one.model.test(model ?? "")) ?? usualRule;
}

function reopeningOf(rule: Pick<WindowRule, "afterPowerHours" | "afterRestartHours">): ReopeningAction[] {
  const power = "Unplug the machine for ten seconds, a notebook's battery too, and plug it in again";
  const restart =
    "Have software in the machine ask its firmware to begin its configuration again, or do so in its MEBx";
  return [
    ...(rule.afterPowerHours === 0 ? [] : [{ by: "power" as const, action: power, hours: rule.afterPowerHours }]),
    { by: "restart", action: restart, hours: rule.afterRestartHours },
  ];
}
