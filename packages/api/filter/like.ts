/** Whether the whole text fits the pattern: `*` any characters, `?` one. Takes time for text by pattern, never more. */
export function isLike(text: string, pattern: string): boolean {
  const all = [...text];
  const wanted = [...pattern];
  let at = 0;
  let place = 0;
  /** Where the last star stands, and how much it has swallowed up to. */
  let star = -1;
  let swallowed = 0;
  while (at < all.length) {
    if (wanted[place] === "*") {
      star = place;
      swallowed = at;
      place += 1;
    } else if (wanted[place] === "?" || wanted[place] === all[at]) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      swallowed += 1;
      at = swallowed;
      place = star + 1;
    } else {
      return false;
    }
  }
  return wanted.slice(place).every((one) => one === "*");
}

/** A to Z only: every place compares alike, whatever its language is set to. */
export function lowered(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
