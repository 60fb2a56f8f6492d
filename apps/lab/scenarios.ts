import { test } from "node:test";

/** What a scenario measured: counts, seconds, ratios. Printed as it is. */
export type Figures = Readonly<Record<string, string | number | boolean>>;

/** What a scenario is given. */
export interface Scene {
  /** How many virtual devices it plays with. */
  readonly devices: number;
  /** Says what is happening, for the person who watches. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** An acceptance test that is a story: run by name, or by the test runner at its small size. */
export interface Scenario {
  readonly name: string;
  /** The story in one sentence. */
  readonly story: string;
  /** Devices in the test suite; an issue names the size at which it must hold too. */
  readonly smallSize: number;
  /** Why it cannot be played on this machine; absent when it can. */
  readonly skip?: string | undefined;
  /** Throws when the story does not hold. */
  play(scene: Scene): Promise<Figures>;
}

const testLimitMs = 300_000;

/** Declares a scenario. Inside the test runner it is a test at its small size. */
export function defineScenario(scenario: Scenario): Scenario {
  // The runner sets this variable in the processes that it starts.
  if (process.env["NODE_TEST_CONTEXT"] !== undefined) {
    test(
      `${scenario.name}: ${scenario.story}`,
      { timeout: testLimitMs, skip: scenario.skip ?? false },
      async (context) => {
        const say = (line: string): void => context.diagnostic(line);
        const figures = await scenario.play({ devices: scenario.smallSize, say, signal: context.signal });
        context.diagnostic(JSON.stringify(figures));
      },
    );
  }
  return scenario;
}
