/**
 * Whether a text fits a pattern, letter case aside: `*` stands for any text, `?` for one character. Without a regular expression, since patterns
 * are typed in by people and this takes at most the product of both lengths.
 */
export function fits(text: string, pattern: string): boolean {
  const [has, wants] = [text.toLowerCase(), pattern.toLowerCase()];
  let [at, next] = [0, 0];
  // Where to go on when what follows the last star does not fit: one character further.
  let star: { readonly after: number; at: number } | undefined;
  while (at < has.length) {
    if (wants[next] === "*") {
      star = { after: next + 1, at };
      next += 1;
    } else if (next < wants.length && (wants[next] === "?" || wants[next] === has[at])) {
      at += 1;
      next += 1;
    } else if (star !== undefined) {
      star.at += 1;
      at = star.at;
      next = star.after;
    } else {
      return false;
    }
  }
  return wants.slice(next).replaceAll("*", "") === "";
}
