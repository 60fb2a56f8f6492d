/** A line of what differs. */
export interface DiffLine {
  readonly kind: "same" | "gone" | "new";
  readonly text: string;
}

/** What differs between two texts, line by line: the longest common run of lines stays. For texts of some hundred lines. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  // common[i][j]: how many lines the texts have in common from line i and line j on.
  const common = Array.from({ length: old.length + 1 }, () => new Uint16Array(fresh.length + 1));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const row = common[i];
    if (row === undefined) continue;
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      row[j] = old[i] === fresh[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      lines.push({ kind: "same", text: old[i] ?? "" });
      i += 1;
      j += 1;
    } else if (i < old.length && (j >= fresh.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: "gone", text: old[i] ?? "" });
      i += 1;
    } else {
      lines.push({ kind: "new", text: fresh[j] ?? "" });
      j += 1;
    }
  }
  return lines;
}

/** Lines around a change that help to see where it is. */
const around = 3;

/** A line of what differs, or how many are left out. */
type ShortLine = DiffLine | { readonly kind: "more"; readonly text: string };

/** What differs with a few lines around it; a longer run of lines that are the same becomes one that says how many. */
export function shortened(lines: readonly DiffLine[]): ShortLine[] {
  const isNear = lines.map((_, index) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some(({ kind }) => kind !== "same"),
  );
  return lines.flatMap((line, index): ShortLine[] => {
    if (isNear[index] === true) return [line];
    if (index > 0 && isNear[index - 1] === false) return [];
    const end = isNear.indexOf(true, index);
    const count = (end < 0 ? lines.length : end) - index;
    return [{ kind: "more", text: `${count} ${count === 1 ? "line is" : "lines are"} the same` }];
  });
}
