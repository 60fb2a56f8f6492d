/** Pairs as `vigil key make` prints them. */
export function csvOf(pairs: readonly { readonly pid: string; readonly pps: string }[]): string {
  return `pid,pps\n${pairs.map(({ pid, pps }) => `${pid},${pps}\n`).join("")}`;
}

/** Pairs out of lines of "PID,PPS" or "PID PPS", a heading and empty lines left out. */
export function pairsIn(text: string): { readonly pid: string; readonly pps: string }[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^pid\b/i.test(line))
    .map((line) => {
      const [pid = "", pps = ""] = line.split(/[\s,;]+/);
      return { pid, pps };
    });
}

/** A PID as people write it: "0000-037M". */
export function withDash(pid: string): string {
  return `${pid.slice(0, 4)}-${pid.slice(4)}`;
}
