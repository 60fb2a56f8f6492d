import type { FuzzTarget, Session } from "../target.ts";

/** "!" */
const trigger = 0x21;

function broken(run: Session["run"]): FuzzTarget {
  return { seeds: () => [Buffer.from("hello")], words: ["!"], refusals: [], quick: 1, open: () => ({ run }) };
}

/** Never comes back. */
export const spinning = broken((input) => {
  while (input.includes(trigger));
});

/** Throws when nobody listens any more. */
export const late = broken((input) => {
  if (!input.includes(trigger)) return undefined;
  setImmediate(() => {
    throw new TypeError("late");
  });
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
});
