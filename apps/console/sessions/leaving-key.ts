/** The keys that leave a terminal or a screen whose keys go to a machine: Control and ], as in `vigil amt sol`. Told by its place, whatever it types. */
export function isLeaving({ ctrlKey, altKey, shiftKey, code }: KeyboardEvent): boolean {
  return ctrlKey && !altKey && !shiftKey && code === "BracketRight";
}
